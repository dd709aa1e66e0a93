import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeClicks } from '../../../functions/analytics/segments/segment-codec.ts';
import { encodeClick } from '../../../functions/events/click.ts';
import { logger } from '../../../functions/platform/logger.ts';
import { metrics } from '../../../functions/platform/metrics.ts';
import { exampleClick } from './example-clicks.ts';

vi.stubEnv('STAGE', 'test');
vi.stubEnv('AWS_REGION', 'eu-central-1');
vi.stubEnv('SEGMENTS_TABLE', 'segments');
const { handler } = await import('../../../functions/analytics/consume-clicks.handler.ts');

const client = mockClient(DynamoDBDocumentClient);
const warn = vi.spyOn(logger, 'warn').mockImplementation(() => undefined);
const addMetric = vi.fn();
vi.spyOn(metrics, 'singleMetric').mockReturnValue({ addMetric } as never);
beforeEach(() => client.reset());
afterEach(() => vi.clearAllMocks());
afterAll(() => client.restore());

const ts = Math.floor(Date.now() / 60_000) * 60_000 - 30_000;

const event = (bodies: readonly string[]): SQSEvent =>
  ({
    Records: bodies.map((body, index) => ({
      messageId: `m${index}`,
      body,
      attributes: { SentTimestamp: String(ts + 100) },
    })),
  }) as unknown as SQSEvent;

describe('handler', () => {
  it('appends a batch with one write, without a condition', async () => {
    client.on(PutCommand).resolves({});
    const clicks = [exampleClick({ ts }), exampleClick({ ts })];
    expect(await handler(event(clicks.map(encodeClick)))).toEqual({ batchItemFailures: [] });
    const calls = client.calls();
    expect(calls).toHaveLength(1);
    const input = client.commandCalls(PutCommand)[0]?.args[0].input;
    expect(input).toMatchObject({
      TableName: 'segments',
      Item: { pk: `${ts / 60_000 - 0.5}#acme`, sk: expect.stringMatching(/^d[\w-]{16}$/) },
    });
    expect(input?.ConditionExpression).toBeUndefined();
    const eids = decodeClicks(input?.Item?.d).map(({ eid }) => eid);
    expect(eids).toHaveLength(2);
    expect(warn).not.toHaveBeenCalled();
  });

  it('reports the poison message alone, without logging what it says', async () => {
    client.on(PutCommand).resolves({});
    const answer = await handler(event(['{"secret":1}', encodeClick(exampleClick({ ts }))]));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(JSON.stringify(warn.mock.calls)).not.toContain('secret');
    expect(addMetric).toHaveBeenCalledWith('ClickNotStored', 'Count', 1);
  });

  it('reports what DynamoDB did not take', async () => {
    client.on(PutCommand).rejects(new Error('throttled'));
    expect(await handler(event([encodeClick(exampleClick({ ts }))]))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }],
    });
  });

  it('counts clicks that came too late', async () => {
    client.on(PutCommand).resolves({});
    const late = exampleClick({ ts: ts - 15 * 86_400_000 });
    expect(await handler(event([encodeClick(late)]))).toEqual({ batchItemFailures: [] });
    expect(client.commandCalls(PutCommand)[0]?.args[0].input.Item).toMatchObject({
      pk: 'late#acme',
    });
    expect(addMetric).toHaveBeenCalledWith('ClickTooLate', 'Count', 1);
  });
});
