import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe } from 'vitest';
import { randomId } from '../../../../functions/kernel/ids.ts';
import { createDynamoLimitStore } from '../../../../functions/limiter/stores/dynamo-limit-store.ts';
import { limitStoreContract } from './limit-store.contract.ts';

/** Another implementation than the embedded engine, such as AWS's DynamoDB Local: see CONTRIBUTING.md. */
const endpoint = process.env.HOPGATE_SECOND_DYNAMODB;

describe.skipIf(endpoint === undefined)('on a second DynamoDB', () => {
  const tableName = `limits-${randomId()}`;
  const client = new DynamoDBClient({
    endpoint: endpoint ?? '',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  beforeAll(async () => {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
  });
  afterAll(() => client.destroy());

  limitStoreContract('a second DynamoDB', () => createDynamoLimitStore({ client, tableName }));
});
