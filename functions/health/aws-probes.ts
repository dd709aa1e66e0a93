import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Probe } from './probe.ts';

/** Reads an item that never exists: half an RRU. `sorted` tables have a sort key. */
export const tableProbe = (
  client: DynamoDBDocumentClient,
  name: string,
  table: { readonly tableName: string; readonly sorted: boolean },
): Probe => ({
  name,
  check: async () => {
    const Key = { pk: 'HEALTH', ...(table.sorted && { sk: 'HEALTH' }) };
    await client.send(new GetCommand({ TableName: table.tableName, Key }));
  },
});

export const queueProbe = (client: SQSClient, name: string, queueUrl: string): Probe => ({
  name,
  check: async () => {
    await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
  },
});
