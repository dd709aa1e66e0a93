import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventSourceSpec, InvokeResult } from '../../local/event-sources/event-source.ts';
import { type EventSources, startEventSources } from '../../local/event-sources.ts';
import type { Sqs } from '../../local/sqs.ts';
import { openStreams, type StreamRecord, type Streams } from '../../local/streams.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { dead, openQueues } from './sqs-fixture.ts';

interface StreamEvent {
  Records: StreamRecord[];
}

let engine: Engine;
let clock: ManualClock;
let sqs: Sqs;
let streams: Streams;
let folder: string;
let tableName = '';
let tables = 0;
let sources: EventSources | undefined;
let batches: string[][];
let answer: (event: StreamEvent) => InvokeResult;
let onInvoke: () => void;

const ok = (payload: unknown = null): InvokeResult => ({ ok: true, payload });
const failed: InvokeResult = { ok: false, errorType: 'Error', errorMessage: 'broken' };
const keyOf = (record: StreamRecord): string =>
  (record.dynamodb.Keys.pk as { S: string } | undefined)?.S ?? '';

beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

beforeEach(async () => {
  clock = manualClock();
  sqs = openQueues(clock);
  folder = mkdtempSync(join(tmpdir(), 'hopgate-streams-'));
  tableName = `table-${++tables}`;
  await engine.createTable({ name: tableName, stream: 'NEW_AND_OLD_IMAGES' });
  batches = [];
  answer = () => ok();
  onInvoke = () => undefined;
  open();
});
afterEach(async () => {
  await sources?.stop();
  streams.close();
  sqs.close();
  rmSync(folder, { recursive: true });
});

const streamArn = () => `arn:aws:dynamodb:eu-central-1:000000000000:table/${tableName}/stream/1`;
const open = () => {
  const tableArn = `arn:aws:dynamodb:eu-central-1:000000000000:table/${tableName}`;
  streams = openStreams({
    endpoint: engine.endpoint,
    statePath: join(folder, 'streams.db'),
    tables: [{ tableArn, tableName, streamArn: streamArn() }],
  });
};
const start = (spec: Partial<EventSourceSpec> = {}): EventSources => {
  sources = startEventSources({
    specs: [
      {
        logicalId: 'Projector',
        functionTarget: 'projector',
        sourceArn: streamArn(),
        kind: 'dynamodb',
        batchSize: 100,
        windowSeconds: 0,
        reportBatchItemFailures: true,
        startingPosition: 'TRIM_HORIZON',
        enabled: true,
        ...spec,
      },
    ],
    sqs,
    streams,
    clock,
    onFault: () => undefined,
    invoke: async (_, event) => {
      batches.push((event as StreamEvent).Records.map(keyOf));
      onInvoke();
      return answer(event as StreamEvent);
    },
  });
  return sources;
};
const put = async (...keys: string[]) => {
  for (const pk of keys) {
    await engine
      .documentClient()
      .send(new PutCommand({ TableName: tableName, Item: { pk, n: 1 } }));
    streams.nudge(tableName);
  }
};
/** Moves the clock past each backoff as it begins, until the source is idle. */
const idleThroughBackoff = async (running: EventSources) => {
  let isIdle = false;
  const idle = running.idle().then(() => {
    isIdle = true;
  });
  while (!isIdle) {
    clock.advance(10_000);
    running.tick();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await idle;
};
const failOn = (bad: string) => (event: StreamEvent) =>
  event.Records.some((record) => keyOf(record) === bad) ? failed : ok();

describe('startEventSources with a stream', () => {
  it('hands over records in the shape of Lambda', async () => {
    const events: StreamEvent[] = [];
    answer = (event) => {
      events.push(event);
      return ok();
    };
    await put('a');
    await engine
      .documentClient()
      .send(new DeleteCommand({ TableName: tableName, Key: { pk: 'a' } }));
    await start().idle();
    const shared = {
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-central-1',
      eventSourceARN: streamArn(),
    };
    const image = { pk: { S: 'a' }, n: { N: '1' } };
    const change = {
      ApproximateCreationDateTime: expect.any(Number),
      Keys: { pk: { S: 'a' } },
      SequenceNumber: expect.stringMatching(/^\d+$/),
      SizeBytes: expect.any(Number),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    };
    expect(events.flatMap((event) => event.Records)).toEqual([
      { ...shared, eventName: 'INSERT', dynamodb: { ...change, NewImage: image } },
      { ...shared, eventName: 'REMOVE', dynamodb: { ...change, OldImage: image } },
    ]);
  });

  it('keeps the order over many batches', async () => {
    const keys = Array.from({ length: 30 }, (_, n) => `k${n}`);
    const running = start({ batchSize: 7 });
    await put(...keys);
    await running.idle();
    expect(batches.flat()).toEqual(keys);
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(7);
  });

  it('passes over a write that changed nothing', async () => {
    await put('a', 'a', 'b');
    await start().idle();
    expect(batches.flat()).toEqual(['a', 'b']);
  });

  it('sees a write as soon as it is nudged', async () => {
    const running = start();
    await running.idle();
    const invoked = new Promise<void>((resolve) => {
      onInvoke = resolve;
    });
    await put('a');
    await invoked;
    expect(batches).toEqual([['a']]);
  });

  it('gathers for the window, and no longer than the batch is full', async () => {
    const running = start({ windowSeconds: 10, batchSize: 3 });
    await running.idle();
    const invoked = new Promise<void>((resolve) => {
      onInvoke = resolve;
    });
    await put('a', 'b', 'c');
    await invoked;
    expect(batches).toEqual([['a', 'b', 'c']]);
  });

  it('goes on where it stood when started again', async () => {
    await put('a', 'b');
    await start().idle();
    await sources?.stop();
    streams.close();
    open();
    await put('c');
    await start().idle();
    expect(batches).toEqual([['a', 'b'], ['c']]);
  });

  it('repeats after a restart what was not handled', async () => {
    answer = () => failed;
    await put('a', 'b');
    const invoked = new Promise<void>((resolve) => {
      onInvoke = resolve;
    });
    start();
    await invoked;
    await sources?.stop();
    streams.close();
    open();
    answer = () => ok();
    await start().idle();
    expect(batches).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('begins behind what is there when told to start at the latest', async () => {
    await put('old');
    const running = start({ startingPosition: 'LATEST' });
    await running.idle();
    await put('new');
    await running.idle();
    expect(batches).toEqual([['new']]);
  });

  it('retries a failed batch before anything behind it', async () => {
    let failures = 3;
    answer = () => (failures-- > 0 ? failed : ok());
    await put('a', 'b', 'c');
    await idleThroughBackoff(start({ batchSize: 2 }));
    expect(batches).toEqual([['a', 'b'], ['a', 'b'], ['a', 'b'], ['a', 'b'], ['c']]);
  });

  it('goes on from the lowest record reported as failed', async () => {
    let hasFailed = false;
    answer = (event) => {
      if (hasFailed) return ok({ batchItemFailures: [] });
      hasFailed = true;
      const [, second, third] = event.Records.map((record) => record.dynamodb.SequenceNumber);
      return ok({ batchItemFailures: [{ itemIdentifier: third }, { itemIdentifier: second }] });
    };
    await put('a', 'b', 'c');
    await start().idle();
    expect(batches).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
  });

  it('halves a failing batch until only the bad record is given up', async () => {
    answer = failOn('bad');
    await put('a', 'b', 'bad', 'c', 'd');
    const spec = { bisect: true, maximumRetryAttempts: 2, onFailureArn: dead.arn };
    await idleThroughBackoff(start(spec));
    expect(batches).toEqual([
      ['a', 'b', 'bad', 'c', 'd'],
      ['a', 'b', 'bad'],
      ['a', 'b'],
      ['bad'],
      ['bad'],
      ['bad'],
      ['c', 'd'],
    ]);
    const [message] = await sqs.take(dead.arn, { limit: 10 });
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      requestContext: {
        functionArn: 'projector',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 3,
      },
      DDBStreamBatchInfo: { batchSize: 1, streamArn: streamArn(), startSequenceNumber: '3' },
    });
  });

  it('keeps retrying when no limit is given', async () => {
    let failures = 25;
    answer = () => (failures-- > 0 ? failed : ok());
    await put('a');
    await idleThroughBackoff(start({ maximumRetryAttempts: -1 }));
    expect(batches).toHaveLength(26);
  });

  it('reads nothing while paused', async () => {
    const running = start();
    running.pause();
    await put('a');
    await running.idle();
    expect(batches).toEqual([]);
    running.resume();
    await running.idle();
    expect(batches).toEqual([['a']]);
  });

  it('is not idle before what one source writes is read by another', async () => {
    answer = (event) => {
      const n = batches.length;
      void event;
      if (n < 3) writes.push(put(`next ${n}`));
      return ok();
    };
    const writes: Promise<void>[] = [];
    await put('first');
    const running = start();
    await running.idle();
    await Promise.all(writes);
    await running.idle();
    expect(batches.flat()).toEqual(['first', 'next 1', 'next 2']);
  });
});

describe('openStreams', () => {
  it('refuses a stream that no table has', async () => {
    await expect(streams.open('x', 'arn:none')).rejects.toThrow(/arn:none/);
  });
});
