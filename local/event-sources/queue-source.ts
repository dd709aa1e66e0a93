import { createAlarm } from '../alarm.ts';
import { systemAttributes } from '../sqs/actions.ts';
import type { MessageAttributes } from '../sqs/message.ts';
import { type ReceivedMessage, SqsError } from '../sqs.ts';
import {
  type EventSource,
  type EventSourceDeps,
  type EventSourceSpec,
  invokeSafely,
  maxBatchBytes,
  readFailures,
  type SourceEvents,
} from './event-source.ts';

const defaultConcurrency = 5;

const toRecord = (message: ReceivedMessage, queueArn: string) => ({
  messageId: message.id,
  receiptHandle: message.receiptHandle,
  body: message.body,
  attributes: systemAttributes(message),
  messageAttributes: Object.fromEntries(
    Object.entries(JSON.parse(message.attributes ?? '{}') as MessageAttributes).map(
      ([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          ...(StringValue !== undefined && { stringValue: StringValue }),
          ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
          stringListValues: [],
          binaryListValues: [],
          dataType: DataType,
        },
      ],
    ),
  ),
  md5OfBody: message.bodyMd5,
  ...(message.attributesMd5 && { md5OfMessageAttributes: message.attributesMd5 }),
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: queueArn.split(':')[3] ?? '',
});

export const startQueueSource = (
  spec: EventSourceSpec,
  deps: EventSourceDeps,
  events: SourceEvents,
): EventSource => {
  const { sqs, clock } = deps;
  const concurrency = spec.maximumConcurrency ?? defaultConcurrency;
  const duplicated = new Set<string>();
  const waiters = new Set<() => void>();
  let running = 0;
  let isPaused = false;
  let isStopped = false;
  let isDraining = false;
  let isPumping = false;
  let pumpAgain = false;
  let windowEndsAt: number | undefined;

  const isQuiet = (): boolean =>
    isStopped || isPaused || (running === 0 && sqs.isEmpty(spec.sourceArn));
  const ended = Promise.withResolvers<void>();
  const settle = (): void => {
    if (isStopped && running === 0 && !isPumping) ended.resolve();
    if (waiters.size === 0 || !isQuiet()) return;
    for (const waiter of waiters) waiter();
    waiters.clear();
  };

  const failuresOf = async (messages: ReceivedMessage[]): Promise<Set<string>> => {
    const all = new Set(messages.map(({ id }) => id));
    const Records = messages.map((message) => toRecord(message, spec.sourceArn));
    const result = await invokeSafely(deps, spec, { Records });
    if (!result.ok) return all;
    if (!spec.reportBatchItemFailures) return new Set();
    const failures = readFailures(result.payload);
    const isKnown = failures !== undefined && [...failures].every((id) => all.has(id));
    return isKnown ? failures : all;
  };

  const showAgain = async (message: ReceivedMessage, seconds: number): Promise<void> => {
    try {
      await sqs.setVisibility(spec.sourceArn, message.receiptHandle, seconds);
    } catch (error) {
      // Its timeout ended meanwhile: it is back already.
      if (!(error instanceof SqsError)) throw error;
    }
  };

  /** What failed is left alone: it comes back when its visibility timeout ends. */
  const deliver = async (messages: ReceivedMessage[]): Promise<void> => {
    const failures = await failuresOf(messages);
    const handled = messages.filter(({ id }) => !failures.has(id));
    const again = handled.filter(
      ({ id }) => !duplicated.has(id) && deps.duplicate?.(spec.sourceArn, id) === true,
    );
    for (const { id } of again) duplicated.add(id);
    const done = handled.filter((message) => !again.includes(message));
    for (const { id } of done) duplicated.delete(id);
    if (done.length > 0) {
      await sqs.remove(
        spec.sourceArn,
        done.map(({ receiptHandle }) => receiptHandle),
      );
    }
    const { retrySeconds } = deps;
    const isFailed = ({ id }: ReceivedMessage): boolean => failures.has(id);
    await Promise.all([
      ...again.map((message) => showAgain(message, 0)),
      ...(retrySeconds === undefined
        ? []
        : messages.filter(isFailed).map((message) => showAgain(message, retrySeconds))),
    ]);
  };

  const nextBatch = async (): Promise<ReceivedMessage[]> => {
    const visible = sqs.countVisible(spec.sourceArn, spec.batchSize);
    if (visible === 0) {
      windowEndsAt = undefined;
      alarm.set(sqs.nextVisibleAt(spec.sourceArn));
      return [];
    }
    if (visible < spec.batchSize && spec.windowSeconds > 0 && !isDraining) {
      windowEndsAt ??= clock.now() + spec.windowSeconds * 1000;
      if (clock.now() < windowEndsAt) {
        alarm.set(windowEndsAt);
        return [];
      }
    }
    windowEndsAt = undefined;
    const batch = await sqs.take(spec.sourceArn, {
      limit: spec.batchSize,
      maxBytes: maxBatchBytes,
    });
    // All of them may have gone to the dead-letter queue: what is behind them is next.
    return batch.length > 0 ? batch : nextBatch();
  };

  const pump = async (): Promise<void> => {
    pumpAgain = true;
    if (isPumping) return;
    isPumping = true;
    try {
      while (pumpAgain) {
        pumpAgain = false;
        while (!isPaused && !isStopped && running < concurrency) {
          const batch = await nextBatch();
          if (batch.length === 0) break;
          events.onActivity();
          running++;
          void deliver(batch)
            .catch(events.onFault)
            .finally(() => {
              running--;
              events.onActivity();
              void pump();
            });
        }
      }
    } catch (error) {
      events.onFault(error);
    } finally {
      isPumping = false;
      settle();
    }
  };

  const alarm = createAlarm(clock, () => void pump());
  const stopListening = [
    sqs.onSend((queueArn, count) => {
      if (queueArn !== spec.sourceArn) return;
      if (count > 0) events.onActivity();
      void pump();
    }),
    sqs.onRemove((queueArn) => {
      if (queueArn === spec.sourceArn) settle();
    }),
  ];
  void pump();

  return {
    logicalId: spec.logicalId,
    pause: () => {
      isPaused = true;
      settle();
    },
    resume: () => {
      isPaused = false;
      void pump();
    },
    setDraining: (draining) => {
      isDraining = draining;
      if (draining) void pump();
    },
    settled: () =>
      new Promise((resolve) => {
        waiters.add(resolve);
        void pump();
      }),
    tick: () => void pump(),
    stop: async () => {
      isStopped = true;
      alarm.set(undefined);
      for (const stop of stopListening) stop();
      settle();
      await ended.promise;
    },
  };
};
