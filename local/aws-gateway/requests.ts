import { account } from '../template/resource-types.ts';

type Input = Record<string, unknown>;

/** One right that a call needs. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  /** The table's or queue's physical name. */
  readonly target: string;
}

const reads = ['BatchGetItem', 'GetItem', 'Query', 'Scan', 'TransactGetItems'];
const oneTable = [
  'DeleteItem',
  'DescribeTable',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
];
const transactionActions: Readonly<Record<string, string>> = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

export const isRead = (action: string): boolean => reads.includes(action);

const nameOf = (tableName: unknown): string => String(tableName).split('/').at(-1) ?? '';

/** Undefined for an action that the local cloud does not have. */
export const dynamodbNeeds = (action: string, input: Input, region: string): Need[] | undefined => {
  const need = (permission: string, tableName: unknown, suffix = ''): Need => {
    const target = nameOf(tableName);
    const resource = `arn:aws:dynamodb:${region}:${account}:table/${target}${suffix}`;
    return { action: `dynamodb:${permission}`, resource, target };
  };
  if (oneTable.includes(action)) {
    const { IndexName, TableName } = input;
    return [need(action, TableName, IndexName === undefined ? '' : `/index/${IndexName}`)];
  }
  if (action === 'BatchGetItem' || action === 'BatchWriteItem') {
    return Object.keys(input.RequestItems ?? {}).map((table) => need(action, table));
  }
  if (action === 'TransactGetItems' || action === 'TransactWriteItems') {
    const items = (input.TransactItems ?? []) as Record<string, { TableName?: unknown }>[];
    return items.flatMap((item) =>
      Object.entries(item).map(([kind, { TableName }]) =>
        need(transactionActions[kind] ?? kind, TableName),
      ),
    );
  }
  return undefined;
};

/** A batch needs the right of the single action. */
export const sqsNeeds = (action: string, input: Input, region: string): Need[] => {
  const target = nameOf(input.QueueUrl ?? input.QueueName ?? '*');
  return [
    {
      action: `sqs:${action.replace(/Batch$/, '')}`,
      resource: `arn:aws:sqs:${region}:${account}:${target}`,
      target,
    },
  ];
};

const unitsOf = (consumed: unknown): number =>
  [consumed ?? []]
    .flat()
    .reduce(
      (sum: number, { CapacityUnits = 0 }: { CapacityUnits?: number }) => sum + CapacityUnits,
      0,
    );

/**
 * Units that AWS would bill. The engine reports none for a write whose condition failed: AWS bills
 * one a KB of the item, taken here as the least there is; an item of a transaction costs double.
 */
export const billedUnits = (
  action: string,
  answer: Input,
  input: Input,
): { rru: number; wru: number } => {
  const error = String(answer.__type ?? '');
  let units = unitsOf(answer.ConsumedCapacity);
  if (error.endsWith('#ConditionalCheckFailedException')) units = 1;
  if (error.endsWith('#TransactionCanceledException')) {
    units = 2 * ((input.TransactItems as unknown[] | undefined)?.length ?? 1);
  }
  return isRead(action) ? { rru: units, wru: 0 } : { rru: 0, wru: units };
};
