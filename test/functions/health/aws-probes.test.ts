import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, it } from 'vitest';
import { queueProbe, tableProbe } from '../../../functions/health/aws-probes.ts';
import { createDocumentClient } from '../../../functions/platform/dynamo.ts';
import { createSqsClient } from '../../../functions/platform/sqs.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
const sqs = mockClient(SQSClient);
beforeEach(() => {
  dynamo.reset();
  sqs.reset();
});

describe('tableProbe', () => {
  it('reads one item, by both keys where the table has two', async () => {
    dynamo.on(GetCommand).resolves({});
    const client = createDocumentClient();
    await tableProbe(client, 'links-0', { tableName: 'links', sorted: false }).check();
    await tableProbe(client, 'index', { tableName: 'index', sorted: true }).check();
    expect(dynamo).toHaveReceivedNthCommandWith(GetCommand, 1, {
      TableName: 'links',
      Key: { pk: 'HEALTH' },
    });
    expect(dynamo).toHaveReceivedNthCommandWith(GetCommand, 2, {
      TableName: 'index',
      Key: { pk: 'HEALTH', sk: 'HEALTH' },
    });
  });

  it('rejects when the table is gone', async () => {
    dynamo.on(GetCommand).rejects(new Error('gone'));
    const probe = tableProbe(createDocumentClient(), 'x', { tableName: 'x', sorted: false });
    await expect(probe.check()).rejects.toThrow('gone');
  });
});

describe('queueProbe', () => {
  it('asks the queue for one attribute', async () => {
    sqs.on(GetQueueAttributesCommand).resolves({});
    await queueProbe(createSqsClient(), 'clicks', 'https://queue').check();
    expect(sqs).toHaveReceivedCommandTimes(GetQueueAttributesCommand, 1);
  });
});
