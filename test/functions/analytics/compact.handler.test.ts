import {
  DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { minuteOf, recordClick } from '../../../functions/analytics/segments/recorded-click.ts';
import { encodeClicks } from '../../../functions/analytics/segments/segment-codec.ts';
import { logger } from '../../../functions/platform/logger.ts';
import { exampleClick } from './example-clicks.ts';

vi.stubEnv('STAGE', 'test');
vi.stubEnv('AWS_REGION', 'eu-central-1');
vi.stubEnv('SEGMENTS_TABLE', 'segments');
vi.stubEnv('COUNTS_TABLE', 'counts');
const { handler } = await import('../../../functions/analytics/compact.handler.ts');

const client = mockClient(DynamoDBDocumentClient);
const error = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
beforeEach(() => {
  client.reset();
  client.resolves({});
  error.mockClear();
});
afterAll(() => client.restore());

const ts = Math.floor(Date.now() / 60_000) * 60_000 - 30_000;
const minute = minuteOf(ts);

const event = (keys: readonly (readonly [pk: string, sk: string])[], eventName = 'INSERT') =>
  ({
    Records: keys.map(([pk, sk], index) => ({
      eventName,
      dynamodb: { SequenceNumber: `s${index}`, Keys: { pk: { S: pk }, sk: { S: sk } } },
    })),
  }) as unknown as DynamoDBStreamEvent;

const segmentOf = (workspace: string) =>
  client.on(QueryCommand, {
    TableName: 'segments',
    ExpressionAttributeValues: { ':pk': `${minute}#${workspace}` },
  });

describe('handler', () => {
  it('reads a minute that several records name once, and writes it under its guard', async () => {
    const bytes = encodeClicks([recordClick(exampleClick({ ts }), ts)]);
    segmentOf('acme').resolves({
      Items: [
        { sk: 'da', d: bytes },
        { sk: 'db', d: bytes },
      ],
    });
    const keys = [
      [`${minute}#acme`, 'da'],
      [`${minute}#acme`, 'db'],
    ] as const;
    expect(await handler(event(keys))).toEqual({ batchItemFailures: [] });
    expect(client.commandCalls(QueryCommand)).toHaveLength(1);
    expect(client.commandCalls(QueryCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
    expect(client.commandCalls(PutCommand)).toHaveLength(1);
    expect(client.commandCalls(PutCommand)[0]?.args[0].input).toMatchObject({
      TableName: 'counts',
      Item: { n: 2 },
      ConditionExpression: 'attribute_not_exists(n) OR n <= :n',
    });
    expect(client.commandCalls(UpdateCommand)).toHaveLength(1);
  });

  it('resumes at the first record whose minute failed', async () => {
    segmentOf('bad').rejects(new Error('throttled'));
    const keys = ['good', 'bad', 'bad'].map(
      (workspace) => [`${minute}#${workspace}`, 'da'] as const,
    );
    expect(await handler(event(keys))).toEqual({ batchItemFailures: [{ itemIdentifier: 's1' }] });
    expect(error).toHaveBeenCalledOnce();
  });

  it('resumes at a record whose segment it cannot read', async () => {
    segmentOf('acme').resolves({ Items: [{ sk: 'da', d: Buffer.from([9, 0]) }] });
    const answer = await handler(event([[`${minute}#acme`, 'da']]));
    expect(answer.batchItemFailures).toHaveLength(1);
  });

  it('asks what a workspace owes when its segments expire, and recounts nothing', async () => {
    expect(await handler(event([[`${minute}#acme`, 'da']], 'REMOVE'))).toEqual({
      batchItemFailures: [],
    });
    expect(client.commandCalls(QueryCommand)).toHaveLength(0);
    expect(client.commandCalls(PutCommand)).toHaveLength(0);
  });

  it('passes over keys that are no segment’s, and late ones', async () => {
    const keys = [
      ['HEALTH', 'HEALTH'],
      ['late#acme', 'da'],
    ] as const;
    expect(await handler(event(keys))).toEqual({ batchItemFailures: [] });
    expect(client.calls()).toHaveLength(0);
  });
});
