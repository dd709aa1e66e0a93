import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import {
  countKey,
  fromItem,
  overrideKey,
  overridePrefix,
  partitionOf,
  policyKey,
  policyPrefix,
  toOverrideItem,
  toPolicyItem,
} from './policy-items.ts';
import { mostPolicies, type OverrideRecord, type PolicyRecord } from './policy-record.ts';
import type { OverrideChange, PolicyStore } from './policy-store.ts';

type Writes = NonNullable<TransactWriteCommandInput['TransactItems']>;

/** Deletions under way at a time. */
const parallelDeletes = 25;

type Failure = 'None' | 'ConditionalCheckFailed' | 'TransactionConflict';

/** Why each write was not made, or undefined where something else went wrong. */
const failuresOf = (error: unknown): readonly Failure[] | undefined => {
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
  const isExpected = /^(?:None|ConditionalCheckFailed|TransactionConflict)$/;
  return codes.every((code) => isExpected.test(code)) ? (codes as Failure[]) : undefined;
};

const ofRevision = ({ id }: PolicyRecord, revision: number) => ({
  ConditionExpression: '#id = :id AND #revision = :revision',
  ExpressionAttributeNames: { '#id': 'id', '#revision': 'revision' },
  ExpressionAttributeValues: { ':id': id, ':revision': revision },
});

/**
 * Policies in the control table, under one partition a workspace. Every write is a transaction: the
 * SDK's retry of one whose answer was lost is then answered as the first was.
 */
export const createDynamoPolicyStore = (
  client: DynamoDBDocumentClient,
  tableName: string,
  most = mostPolicies,
): PolicyStore => {
  const table = { TableName: tableName };

  const read = async <T>(key: Record<string, string>, consistent: boolean) => {
    const { Item } = await client.send(
      new GetCommand({ ...table, Key: key, ConsistentRead: consistent }),
    );
    return Item && fromItem<T>(Item);
  };

  const query = async <T>(workspace: string, prefix: string, consistent: boolean): Promise<T[]> => {
    const found: T[] = [];
    let after: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          ...table,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': partitionOf(workspace).pk, ':prefix': prefix },
          ConsistentRead: consistent,
          ...(after && { ExclusiveStartKey: after }),
        }),
      );
      found.push(...Items.map((item) => fromItem<T>(item)));
      after = LastEvaluatedKey;
    } while (after !== undefined);
    return found;
  };

  const transact = async (writes: Writes): Promise<readonly Failure[]> => {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: writes }));
      return [];
    } catch (error) {
      const failures = failuresOf(error);
      if (failures === undefined) throw error;
      return failures;
    }
  };

  const count = (workspace: string, change: 1 | -1): Writes[number] => ({
    Update: {
      ...table,
      Key: countKey(workspace),
      UpdateExpression: 'SET policies = if_not_exists(policies, :zero) + :change',
      ConditionExpression:
        change === 1 ? 'attribute_not_exists(policies) OR policies < :most' : 'policies > :zero',
      ExpressionAttributeValues: {
        ':zero': 0,
        ':change': change,
        ...(change === 1 && { ':most': most }),
      },
    },
  });

  const overrideWrite = (
    { workspace, name }: PolicyRecord,
    change: OverrideChange,
  ): Writes[number] =>
    'put' in change
      ? { Put: { ...table, Item: toOverrideItem(change.put) } }
      : { Delete: { ...table, Key: overrideKey(workspace, name, change.drop.key) } };

  const sweepOne = async (key: Record<string, string>, policyId: string): Promise<void> => {
    try {
      await client.send(
        new DeleteCommand({
          ...table,
          Key: key,
          ConditionExpression: 'policyId = :id',
          ExpressionAttributeValues: { ':id': policyId },
        }),
      );
    } catch (error) {
      // Somebody used the name anew, and this key in it: theirs stays.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };

  const sweep = async ({ workspace, name, id }: PolicyRecord): Promise<void> => {
    const all = await query<OverrideRecord>(workspace, overridePrefix(name), true);
    const left = all.filter(({ policyId }) => policyId === id);
    for (let at = 0; at < left.length; at += parallelDeletes) {
      const batch = left.slice(at, at + parallelDeletes);
      await Promise.all(batch.map(({ key }) => sweepOne(overrideKey(workspace, name, key), id)));
    }
  };

  return {
    find: async (workspace, name, { consistent = false } = {}) =>
      read<PolicyRecord>(policyKey(workspace, name), consistent),
    list: async (workspace) => query<PolicyRecord>(workspace, policyPrefix, true),
    overrides: async (workspace, name, { consistent = false } = {}) =>
      query<OverrideRecord>(workspace, overridePrefix(name), consistent),
    findOverride: async (workspace, name, key) =>
      read<OverrideRecord>(overrideKey(workspace, name, key), true),
    create: async (record) => {
      const Put = {
        ...table,
        Item: toPolicyItem(record),
        ConditionExpression: 'attribute_not_exists(pk)',
      };
      const failures = await transact([{ Put }, count(record.workspace, 1)]);
      if (failures.length === 0) return 'stored';
      const [ofPolicy, ofCount] = failures;
      // A conflict is with another policy's count: no reason to think that there are too many.
      return ofPolicy === 'None' && ofCount === 'ConditionalCheckFailed' ? 'full' : 'stale';
    },
    change: async (next, override) => {
      const Put = { ...table, Item: toPolicyItem(next), ...ofRevision(next, next.revision - 1) };
      const writes = override === undefined ? [] : [overrideWrite(next, override)];
      return (await transact([{ Put }, ...writes])).length === 0 ? 'stored' : 'stale';
    },
    delete: async (record) => {
      const { workspace, name, revision } = record;
      const Delete = { ...table, Key: policyKey(workspace, name), ...ofRevision(record, revision) };
      const failures = await transact([{ Delete }, count(workspace, -1)]);
      if (failures.length > 0) return 'stale';
      await sweep(record);
      return 'stored';
    },
  };
};
