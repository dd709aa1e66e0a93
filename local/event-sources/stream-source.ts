import { createAlarm } from '../alarm.ts';
import type { StreamReader, StreamRecord } from '../streams.ts';
import {
  type EventSource,
  type EventSourceDeps,
  type EventSourceSpec,
  invokeSafely,
  type SourceEvents,
} from './event-source.ts';
import { countHandled, cutToSize, failureRecord, sequenceOf } from './stream-batch.ts';

/** A write through the gateway nudges; this is for what reaches a table past it. */
const idlePollMs = 2_000;
const firstBackoffMs = 100;
const longestBackoffMs = 10_000;

export const startStreamSource = (
  spec: EventSourceSpec,
  deps: EventSourceDeps,
  events: SourceEvents,
): EventSource => {
  const { clock, streams, sqs } = deps;
  const retries = spec.maximumRetryAttempts ?? -1;
  const waiters: { ticket: number; resolve: () => void }[] = [];
  let pending: StreamRecord[] = [];
  let isPaused = false;
  let isStopped = false;
  let isDraining = false;
  let wakes = 0;
  let nudges = 0;
  let ticket = 0;
  let served = 0;
  let wakeSleeper: (() => void) | undefined;

  const wake = (): void => {
    wakes++;
    wakeSleeper?.();
  };
  const alarm = createAlarm(clock, wake);
  /** Until the time or the next wake, whichever is first; not at all if one came since `seen`. */
  const sleep = async (until: number | undefined, seen: number): Promise<void> => {
    if (wakes !== seen || isStopped) return;
    alarm.set(until);
    await new Promise<void>((resolve) => {
      wakeSleeper = resolve;
    });
    wakeSleeper = undefined;
    alarm.set(undefined);
  };
  const sleepWhile = async (condition: () => boolean, until?: number): Promise<void> => {
    while (!isStopped && condition()) await sleep(until, wakes);
  };
  const backOff = async (attempt: number): Promise<void> => {
    const waitMs = Math.min(firstBackoffMs * 2 ** (attempt - 1), longestBackoffMs);
    const until = clock.now() + waitMs;
    await sleepWhile(() => clock.now() < until, until);
  };

  const settle = (): void => {
    const isAway = isPaused || isStopped;
    for (const waiter of waiters.splice(0)) {
      if (isAway || waiter.ticket <= served) waiter.resolve();
      else waiters.push(waiter);
    }
  };

  const fill = async (reader: StreamReader): Promise<void> => {
    while (pending.length < spec.batchSize) {
      const records = await reader.read(spec.batchSize - pending.length);
      if (records.length === 0) return;
      pending.push(...records);
    }
  };
  const nextBatch = async (reader: StreamReader): Promise<StreamRecord[]> => {
    nudges = 0;
    await fill(reader);
    const missing = spec.batchSize - pending.length;
    if (pending.length > 0 && missing > 0 && spec.windowSeconds > 0) {
      const until = clock.now() + spec.windowSeconds * 1000;
      await sleepWhile(
        () => !isDraining && !isPaused && nudges < missing && clock.now() < until,
        until,
      );
      await fill(reader);
    }
    return cutToSize(pending, spec.batchSize);
  };

  const discard = async (reader: StreamReader, records: StreamRecord[], attempts: number) => {
    const details = { shardId: reader.shardId, attempts, nowMs: clock.now() };
    if (spec.onFailureArn !== undefined) {
      await sqs.send(spec.onFailureArn, [{ body: failureRecord(spec, records, details) }]);
    }
    events.onFault(new Error(`${records.length} records given up after ${attempts} attempts`));
  };

  const deliver = async (reader: StreamReader, records: StreamRecord[]): Promise<void> => {
    let rest = records;
    let attempts = 0;
    while (rest.length > 0) {
      await sleepWhile(() => isPaused);
      if (isStopped) return;
      const result = await invokeSafely(deps, spec, { Records: rest });
      let handled = 0;
      if (result.ok) {
        handled = spec.reportBatchItemFailures ? countHandled(result.payload, rest) : rest.length;
      }
      if (handled === 0) {
        // Halving costs no retry: it is how one bad record is found among good ones.
        if (spec.bisect === true && rest.length > 1) {
          const middle = Math.ceil(rest.length / 2);
          await deliver(reader, rest.slice(0, middle));
          rest = rest.slice(middle);
          attempts = 0;
          continue;
        }
        attempts++;
        if (retries < 0 || attempts <= retries) {
          await backOff(attempts);
          continue;
        }
        await discard(reader, rest, attempts);
        handled = rest.length;
      }
      const last = rest[handled - 1];
      if (last !== undefined) reader.commit(sequenceOf(last));
      rest = rest.slice(handled);
      attempts = 0;
    }
  };

  const run = async (): Promise<void> => {
    let reader: StreamReader | undefined;
    let faults = 0;
    while (!isStopped) {
      await sleepWhile(() => isPaused);
      const serving = ticket;
      const seen = wakes;
      try {
        reader ??= await streams.open(spec.logicalId, spec.sourceArn, spec.startingPosition);
        const batch = await nextBatch(reader);
        faults = 0;
        if (isPaused || isStopped) continue;
        if (batch.length === 0) {
          served = serving;
          settle();
          await sleep(clock.now() + idlePollMs, seen);
          continue;
        }
        events.onActivity();
        await deliver(reader, batch);
        pending = pending.slice(batch.length);
        events.onActivity();
      } catch (error) {
        if (isStopped) return;
        faults++;
        events.onFault(error);
        await backOff(faults);
      }
    }
  };

  const stopListening = streams.onNudge(spec.sourceArn, () => {
    nudges++;
    wake();
  });
  const ended = run();

  return {
    logicalId: spec.logicalId,
    pause: () => {
      isPaused = true;
      settle();
      wake();
    },
    resume: () => {
      isPaused = false;
      wake();
    },
    setDraining: (draining) => {
      isDraining = draining;
      wake();
    },
    settled: () =>
      new Promise((resolve) => {
        ticket++;
        waiters.push({ ticket, resolve });
        if (isPaused || isStopped) settle();
        wake();
      }),
    tick: () => {
      wake();
    },
    stop: async () => {
      isStopped = true;
      stopListening();
      alarm.set(undefined);
      settle();
      wake();
      await ended;
    },
  };
};
