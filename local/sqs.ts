import { randomUUID } from 'node:crypto';
import type { Clock } from '../functions/kernel/clock.ts';
import { createAlarm } from './alarm.ts';
import { runAction } from './sqs/actions.ts';
import { SqsError } from './sqs/error.ts';
import { attributesMd5, md5 } from './sqs/message.ts';
import type { QueueSpec, Sqs } from './sqs/queue.ts';
import { formatReceipt, parseReceipt } from './sqs/receipt.ts';
import { openMessageStore } from './sqs/store.ts';

export type { QueueSpec, ReceivedMessage, Sqs } from './sqs/queue.ts';
export { SqsError };

const sweepEveryMs = 60_000;

export const openSqs = (options: { path: string; queues: QueueSpec[]; clock: Clock }): Sqs => {
  const { clock } = options;
  const store = openMessageStore(options.path);
  // Whoever received a message lived in the process that had the file open before.
  store.releaseAll(clock.now());
  const queues = new Map(options.queues.map((spec) => [spec.arn, spec]));
  const ids = new Map(options.queues.map((spec) => [spec.arn, store.queueId(spec.arn)]));
  const sweptAt = new Map<string, number>();
  const sendListeners = new Set<(queueArn: string, count: number) => void>();
  const removeListeners = new Set<(queueArn: string) => void>();
  const pollers = new Map<string, Set<() => void>>();
  let closed = false;

  const specOf = (arn: string): QueueSpec => {
    const spec = queues.get(arn);
    if (spec === undefined) {
      throw new SqsError('QueueDoesNotExist', `The specified queue does not exist: ${arn}`);
    }
    return spec;
  };
  const idOf = (arn: string): number => ids.get(specOf(arn).arn) as number;
  for (const spec of options.queues) if (spec.redrive) specOf(spec.redrive.deadLetterArn);

  const sentAfter = (arn: string): number => clock.now() - specOf(arn).retentionSeconds * 1000;

  const wakePollers = (arn: string): void => {
    for (const wake of [...(pollers.get(arn) ?? [])]) wake();
  };
  const wakeAll = (): void => {
    for (const arn of pollers.keys()) wakePollers(arn);
  };
  const alarm = createAlarm(clock, wakeAll);
  const armAlarm = (): void => {
    const times = [...pollers]
      .filter(([, waiting]) => waiting.size > 0)
      .map(([arn]) => store.nextVisibleAt(idOf(arn), clock.now()))
      .filter((at) => at !== undefined);
    alarm.set(times.length > 0 ? Math.min(...times) : undefined);
  };

  const announce = (arn: string, count: number): void => {
    if (closed) return;
    wakePollers(arn);
    for (const listener of sendListeners) listener(arn, count);
  };
  const announceRemoval = (arn: string): void => {
    for (const listener of removeListeners) listener(arn);
  };

  const sweep = (arn: string): void => {
    const now = clock.now();
    if (now - (sweptAt.get(arn) ?? 0) < sweepEveryMs) return;
    sweptAt.set(arn, now);
    store.expire(idOf(arn), sentAfter(arn));
  };

  const sqs: Sqs = {
    handle: (action, input) => runAction(sqs, options.queues, action, input),
    queue: specOf,
    send: async (queueArn, messages) => {
      const queue = idOf(queueArn);
      const { delaySeconds } = specOf(queueArn);
      const sentAt = clock.now();
      const sent = await store.write(() =>
        messages.map((message) => {
          const stored = {
            id: randomUUID(),
            body: message.body,
            bodyMd5: md5(message.body),
            attributes: message.attributes ? JSON.stringify(message.attributes) : null,
            attributesMd5: attributesMd5(message.attributes ?? {}),
            sentAt,
            visibleAt: sentAt + (message.delaySeconds ?? delaySeconds) * 1000,
          };
          store.insert(queue, stored);
          return { id: stored.id, bodyMd5: stored.bodyMd5, attributesMd5: stored.attributesMd5 };
        }),
      );
      announce(queueArn, sent.length);
      return sent;
    },
    take: async (queueArn, request) => {
      const queue = idOf(queueArn);
      const spec = specOf(queueArn);
      const now = clock.now();
      const { taken, redriven } = await store.write(() => {
        sweep(queueArn);
        return store.take(queue, {
          limit: request.limit,
          maxBytes: request.maxBytes ?? Number.POSITIVE_INFINITY,
          now,
          sentAfter: sentAfter(queueArn),
          visibleAt: now + (request.visibilitySeconds ?? spec.visibilitySeconds) * 1000,
          ...(spec.redrive && {
            redrive: {
              queue: idOf(spec.redrive.deadLetterArn),
              maxReceiveCount: spec.redrive.maxReceiveCount,
            },
          }),
        });
      });
      if (redriven > 0 && spec.redrive) {
        announce(spec.redrive.deadLetterArn, redriven);
        announceRemoval(queueArn);
      }
      return taken.map((message) => ({ ...message, receiptHandle: formatReceipt(message) }));
    },
    poll: async (queueArn, request, waitMs) => {
      const until = clock.now() + waitMs;
      const waiting = pollers.get(queueArn) ?? new Set();
      pollers.set(queueArn, waiting);
      let wokenAt = 0;
      let rounds = 0;
      let resume: (() => void) | undefined;
      const wake = (): void => {
        wokenAt = rounds;
        resume?.();
      };
      const deadline = createAlarm(clock, wake);
      deadline.set(until);
      // Listening begins before the first look: a message may come while that look is answered.
      waiting.add(wake);
      try {
        while (!closed) {
          rounds++;
          const messages = await sqs.take(queueArn, request);
          if (messages.length > 0 || clock.now() >= until) return messages;
          armAlarm();
          if (wokenAt === rounds) continue;
          await new Promise<void>((resolve) => {
            resume = resolve;
          });
        }
        return [];
      } finally {
        deadline.set(undefined);
        waiting.delete(wake);
      }
    },
    remove: async (queueArn, receiptHandles) => {
      const queue = idOf(queueArn);
      const receipts = receiptHandles.map(parseReceipt);
      await store.write(() => {
        for (const { seq, received } of receipts) store.remove(queue, seq, received);
      });
      announceRemoval(queueArn);
    },
    setVisibility: async (queueArn, receiptHandle, seconds) => {
      const queue = idOf(queueArn);
      const { seq, received } = parseReceipt(receiptHandle);
      const now = clock.now();
      const visibleAt = store.visibleAt(queue, seq, received);
      if (visibleAt === undefined || visibleAt <= now) {
        throw new SqsError('MessageNotInflight', 'The message referred to is not in flight.');
      }
      await store.write(() => store.setVisibleAt(queue, seq, received, now + seconds * 1000));
      announce(queueArn, seconds === 0 ? 1 : 0);
    },
    purge: async (queueArn) => {
      const queue = idOf(queueArn);
      await store.write(() => store.purge(queue));
      announceRemoval(queueArn);
    },
    depth: (queueArn) => store.depth(idOf(queueArn), clock.now(), sentAfter(queueArn)),
    countVisible: (queueArn, limit) =>
      store.countVisible(idOf(queueArn), clock.now(), sentAfter(queueArn), limit),
    nextVisibleAt: (queueArn) => store.nextVisibleAt(idOf(queueArn), clock.now()),
    isEmpty: (queueArn) => store.isEmpty(idOf(queueArn), sentAfter(queueArn)),
    onSend: (listener) => {
      sendListeners.add(listener);
      return () => sendListeners.delete(listener);
    },
    onRemove: (listener) => {
      removeListeners.add(listener);
      return () => removeListeners.delete(listener);
    },
    tick: wakeAll,
    close: () => {
      if (closed) return;
      closed = true;
      alarm.set(undefined);
      store.close();
      wakeAll();
    },
  };
  return sqs;
};
