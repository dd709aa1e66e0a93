import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { UnsupportedError } from './template/unsupported-error.ts';
import type { Assembly, Resource } from './template.ts';

export interface TableSpec {
  /** Construct id. */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly streamArn: string | undefined;
  readonly ttlAttribute: string | undefined;
  readonly definition: Pick<
    CreateTableCommandInput,
    'AttributeDefinitions' | 'KeySchema' | 'StreamSpecification'
  >;
}

const readTable = (resource: Resource): TableSpec => {
  const { attributes, path, properties, ref } = resource;
  if (properties.BillingMode !== 'PAY_PER_REQUEST') {
    throw new UnsupportedError(resource, `BillingMode ${properties.BillingMode}`);
  }
  if ((properties.Replicas as unknown[]).length > 1) {
    throw new UnsupportedError(resource, 'more than one replica');
  }
  const stream = properties.StreamSpecification as { StreamViewType: 'KEYS_ONLY' } | undefined;
  const ttl = properties.TimeToLiveSpecification as
    | { AttributeName: string; Enabled: boolean }
    | undefined;
  return {
    id: path.at(-1) ?? resource.logicalId,
    name: ref,
    arn: attributes.Arn ?? '',
    streamArn: stream && attributes.StreamArn,
    ttlAttribute: ttl?.Enabled ? ttl.AttributeName : undefined,
    definition: {
      AttributeDefinitions: properties.AttributeDefinitions,
      KeySchema: properties.KeySchema,
      ...(stream && { StreamSpecification: { StreamEnabled: true, ...stream } }),
    } as TableSpec['definition'],
  };
};

export const readTables = (assembly: Assembly): TableSpec[] =>
  assembly.ofType('AWS::DynamoDB::GlobalTable').map(readTable);

/** A client of the engine itself: no IAM, no faults, no metering. */
export const createEngineClient = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

const describe = async (client: DynamoDBClient, name: string) => {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

const create = async (
  client: DynamoDBClient,
  { definition, name, ttlAttribute }: TableSpec,
): Promise<void> => {
  await client.send(
    new CreateTableCommand({ ...definition, TableName: name, BillingMode: 'PAY_PER_REQUEST' }),
  );
  if (ttlAttribute === undefined) return;
  const TimeToLiveSpecification = { Enabled: true, AttributeName: ttlAttribute };
  await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
};

/** The keys and the stream's view, in one order, so that two definitions can be compared. */
const shapeOf = ({ KeySchema, StreamSpecification }: TableSpec['definition']): string =>
  JSON.stringify([
    KeySchema?.map(({ AttributeName, KeyType }) => [KeyType, AttributeName]).sort(),
    StreamSpecification?.StreamViewType ?? null,
  ]);

/** Creates what is not there yet. @throws Error where a table of other keys or streams is */
export const createTables = async (
  client: DynamoDBClient,
  tables: readonly TableSpec[],
): Promise<void> => {
  for (const table of tables) {
    const existing = await describe(client, table.name);
    if (existing === undefined) await create(client, table);
    else if (shapeOf(existing) !== shapeOf(table.definition)) {
      throw new Error(
        `The stored table ${table.name} has other keys or another stream than the template: ` +
          'delete the data folder, or start with another --data.',
      );
    }
  }
};
