import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventSourceSpec, InvokeResult } from '../../local/event-sources/event-source.ts';
import { type EventSources, startEventSources } from '../../local/event-sources.ts';
import type { Sqs } from '../../local/sqs.ts';
import type { Streams } from '../../local/streams.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { clicks, dead, openQueues } from './sqs-fixture.ts';

interface SqsEvent {
  Records: {
    messageId: string;
    body: string;
    attributes: Record<string, string>;
    [name: string]: unknown;
  }[];
}

const noStreams: Streams = {
  open: () => Promise.reject(new Error('no streams here')),
  nudge: () => undefined,
  onNudge: () => () => undefined,
  close: () => undefined,
};

let clock: ManualClock;
let sqs: Sqs;
let sources: EventSources | undefined;
/** The bodies of each invocation, in order. */
let batches: string[][];
let answer: (event: SqsEvent) => InvokeResult | Promise<InvokeResult>;

const ok = (payload: unknown = null): InvokeResult => ({ ok: true, payload });
const failed: InvokeResult = { ok: false, errorType: 'Error', errorMessage: 'broken' };
const reportBodies = (event: SqsEvent, isBad: (body: string) => boolean): InvokeResult =>
  ok({
    batchItemFailures: event.Records.filter(({ body }) => isBad(body)).map(({ messageId }) => ({
      itemIdentifier: messageId,
    })),
  });

beforeEach(() => {
  clock = manualClock();
  sqs = openQueues(clock);
  batches = [];
  answer = () => ok();
});
afterEach(async () => {
  await sources?.stop();
  sqs.close();
});

const start = (
  spec: Partial<EventSourceSpec> = {},
  duplicate?: (queueArn: string, messageId: string) => boolean,
  retrySeconds?: number,
): EventSources => {
  sources = startEventSources({
    specs: [
      {
        logicalId: 'Clicks',
        functionTarget: 'consumer',
        sourceArn: clicks.arn,
        kind: 'sqs',
        batchSize: 10,
        windowSeconds: 0,
        reportBatchItemFailures: true,
        enabled: true,
        ...spec,
      },
    ],
    sqs,
    streams: noStreams,
    clock,
    ...(duplicate && { duplicate }),
    ...(retrySeconds !== undefined && { retrySeconds }),
    invoke: async (target, event) => {
      expect(target).toBe('consumer');
      batches.push((event as SqsEvent).Records.map(({ body }) => body));
      return answer(event as SqsEvent);
    },
  });
  return sources;
};
const send = (...bodies: string[]) =>
  sqs.send(
    clicks.arn,
    bodies.map((body) => ({ body })),
  );
/** Lets everything happen that needs no passing of time. */
const turn = async () => {
  for (let n = 0; n < 10; n++) await new Promise((resolve) => setImmediate(resolve));
};
const pass = async (ms: number) => {
  clock.advance(ms);
  sources?.tick();
  await turn();
};

describe('startEventSources with a queue', () => {
  it('hands over messages in the shape of Lambda', async () => {
    let event: SqsEvent | undefined;
    answer = (received) => {
      event = received;
      return ok();
    };
    await sqs.send(clicks.arn, [
      { body: 'hello', attributes: { kind: { DataType: 'String', StringValue: 'x' } } },
    ]);
    await start().idle();
    expect(event?.Records).toEqual([
      {
        messageId: expect.stringMatching(/^[\w-]{36}$/),
        receiptHandle: expect.any(String),
        body: 'hello',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: String(clock.now()),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: String(clock.now()),
        },
        messageAttributes: {
          kind: {
            stringValue: 'x',
            stringListValues: [],
            binaryListValues: [],
            dataType: 'String',
          },
        },
        md5OfBody: '5d41402abc4b2a76b9719d911017c592',
        md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventSource: 'aws:sqs',
        eventSourceARN: clicks.arn,
        awsRegion: 'eu-central-1',
      },
    ]);
    expect(sqs.isEmpty(clicks.arn)).toBe(true);
  });

  it('cuts batches at the batch size', async () => {
    await send(...Array.from({ length: 25 }, (_, n) => `m${n}`));
    await start({ maximumConcurrency: 2 }).idle();
    expect(batches.map((batch) => batch.length)).toEqual([10, 10, 5]);
  });

  it('cuts batches at what an invocation can carry', async () => {
    await send(...Array.from({ length: 8 }, () => 'x'.repeat(1_000_000)));
    await start({ batchSize: 1_000, windowSeconds: 1 }).idle();
    expect(batches.map((batch) => batch.length)).toEqual([5, 3]);
  });

  it('waits for the window unless the batch is full', async () => {
    start({ windowSeconds: 5, batchSize: 3 });
    await send('a');
    await pass(4_000);
    await send('b');
    await turn();
    expect(batches).toEqual([]);
    await pass(1_000);
    expect(batches).toEqual([['a', 'b']]);
    await send('c', 'd', 'e');
    await turn();
    expect(batches).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
  });

  it('ends the window at once for who waits for idleness', async () => {
    const running = start({ windowSeconds: 300, batchSize: 10 });
    await send('a');
    await running.idle();
    expect(batches).toEqual([['a']]);
  });

  it('deletes only what was not reported as failed', async () => {
    answer = (event) => reportBodies(event, (body) => body === 'bad');
    start();
    await send('good', 'bad');
    await turn();
    expect(sqs.depth(clicks.arn)).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
    answer = () => ok({ batchItemFailures: [] });
    await pass(30_000);
    expect(batches).toEqual([['good', 'bad'], ['bad']]);
    expect(sqs.isEmpty(clicks.arn)).toBe(true);
  });

  it.each([
    ['another shape', { batchItemFailures: 'all' }],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a missing identifier', { batchItemFailures: [{ id: 'x' }] }],
    ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: 'x' }] }],
    ['a string', 'done'],
  ])('takes an answer with %s for a failed batch', async (_, payload) => {
    answer = () => ok(payload);
    start();
    await send('a', 'b');
    await turn();
    expect(sqs.depth(clicks.arn).inFlight).toBe(2);
  });

  it.each([[null], [undefined], [{}], [{ batchItemFailures: null }]])(
    'takes the answer %j for success',
    async (payload) => {
      answer = () => ok(payload);
      start();
      await send('a');
      await turn();
      expect(sqs.isEmpty(clicks.arn)).toBe(true);
    },
  );

  it('ignores a report that the mapping did not ask for', async () => {
    answer = (event) => reportBodies(event, () => true);
    start({ reportBatchItemFailures: false });
    await send('a');
    await turn();
    expect(sqs.isEmpty(clicks.arn)).toBe(true);
  });

  it('brings a failed batch back after the visibility timeout', async () => {
    answer = () => failed;
    start();
    await send('a');
    await turn();
    await pass(29_999);
    expect(batches).toHaveLength(1);
    answer = () => Promise.reject(new Error('worker died'));
    await pass(1);
    expect(batches).toHaveLength(2);
    answer = () => ok();
    await pass(30_000);
    expect(batches).toHaveLength(3);
    expect(sqs.isEmpty(clicks.arn)).toBe(true);
  });

  it('brings failed messages back sooner when told to', async () => {
    answer = (event) => (batches.length === 1 ? reportBodies(event, (body) => body === 'b') : ok());
    const running = start({}, undefined, 0);
    await send('a', 'b');
    await running.idle();
    expect(batches).toEqual([['a', 'b'], ['b']]);
  });

  it('sends poison to the dead-letter queue after five tries, and nothing else', async () => {
    answer = (event) => reportBodies(event, (body) => body === 'poison');
    const running = start();
    await send('poison', 'good');
    await turn();
    for (let n = 0; n < 6; n++) await pass(30_000);
    await running.idle();
    expect(batches).toEqual([['poison', 'good'], ...Array(4).fill(['poison'])]);
    const [message] = await sqs.take(dead.arn, { limit: 10 });
    expect(message?.body).toBe('poison');
  });

  it('invokes no more at once than the maximum concurrency', async () => {
    const open: (() => void)[] = [];
    answer = () => new Promise((resolve) => open.push(() => resolve(ok())));
    const running = start({ batchSize: 1, maximumConcurrency: 2 });
    await send('a', 'b', 'c', 'd');
    await turn();
    expect(batches).toHaveLength(2);
    open[0]?.();
    await turn();
    expect(batches).toHaveLength(3);
    const idle = running.idle();
    for (let n = 1; n < 4; n++) {
      await turn();
      open[n]?.();
    }
    await idle;
    expect(batches).toHaveLength(4);
  });

  it('starts nothing while paused', async () => {
    const running = start();
    running.pause('Clicks');
    await send('a');
    await turn();
    await running.idle();
    expect(batches).toEqual([]);
    running.resume('Clicks');
    await running.idle();
    expect(batches).toEqual([['a']]);
    expect(() => running.pause('Nobody')).toThrow(/Nobody/);
  });

  it('delivers chosen messages twice', async () => {
    const sent = await send('once', 'twice');
    const running = start({}, (_, id) => id === sent[1]?.id);
    await running.idle();
    expect(batches).toEqual([['once', 'twice'], ['twice']]);
  });

  it('is not idle before work that a handler caused is done', async () => {
    let chained = 0;
    answer = async () => {
      if (chained++ < 3) await send(`chained ${chained}`);
      return ok();
    };
    await send('first');
    await start().idle();
    expect(batches.flat()).toEqual(['first', 'chained 1', 'chained 2', 'chained 3']);
  });

  it('leaves a disabled mapping alone', async () => {
    await send('a');
    await start({ enabled: false }).idle();
    expect(batches).toEqual([]);
  });

  it('stops only when invocations have ended', async () => {
    let finish: () => void = () => undefined;
    answer = () =>
      new Promise((resolve) => {
        finish = () => resolve(ok());
      });
    const running = start();
    await send('a');
    await turn();
    let hasStopped = false;
    const stopped = running.stop().then(() => {
      hasStopped = true;
    });
    await turn();
    expect(hasStopped).toBe(false);
    finish();
    await stopped;
    expect(sqs.isEmpty(clicks.arn)).toBe(true);
  });
});
