import { Metrics } from '@aws-lambda-powertools/metrics';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Click, decodeClick } from '../../../functions/events/click.ts';
import { createSqsClickPublisher } from '../../../functions/events/sqs-click-publisher.ts';
import { logger } from '../../../functions/platform/logger.ts';
import { metrics } from '../../../functions/platform/metrics.ts';

const click: Click = {
  v: 1,
  eid: 'AbCdEfGh_-1',
  ts: 1_767_225_600_000,
  link: 'abc1234',
  workspace: 'w1',
  domain: '_',
  class: 'human',
  channel: 'direct',
};
const sqs = mockClient(SQSClient);
const client = new SQSClient({ region: 'eu-central-1' });
const publisher = createSqsClickPublisher('https://queue', 50, client);

describe('createSqsClickPublisher', () => {
  beforeEach(() => sqs.reset());
  afterEach(() => vi.restoreAllMocks());

  it('sends one message a click', async () => {
    sqs.on(SendMessageCommand).resolves({});
    await publisher.publish(click);
    const calls = sqs.commandCalls(SendMessageCommand);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.args[0].input.QueueUrl).toBe('https://queue');
    expect(decodeClick(calls[0]?.args[0].input.MessageBody ?? '')).toEqual(click);
  });

  it('logs the whole event and emits a metric when the queue refuses it', async () => {
    const logged = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
    const counted = vi.spyOn(metrics, 'singleMetric');
    const add = vi.spyOn(Metrics.prototype, 'addMetric').mockImplementation(() => metrics);
    sqs.on(SendMessageCommand).rejects(new Error('queue is down'));
    await expect(publisher.publish(click)).resolves.toBeUndefined();
    expect(logged).toHaveBeenCalledWith('click not published', expect.objectContaining({ click }));
    expect(counted).toHaveBeenCalledOnce();
    expect(add).toHaveBeenCalledWith('ClickNotPublished', 'Count', 1);
  });

  it('passes its budget on, so that a silent queue cannot hold a redirect', async () => {
    const signalOf = vi.spyOn(AbortSignal, 'timeout');
    sqs.on(SendMessageCommand).resolves({});
    await publisher.publish(click);
    expect(signalOf).toHaveBeenCalledWith(50);
  });
});
