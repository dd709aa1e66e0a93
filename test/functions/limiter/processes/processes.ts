import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { definePolicy, type PolicyInput } from '../../../../functions/limiter/policy.ts';
import type { Answer, Order } from './order.ts';

const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

export interface Processes {
  /** Orders to one process are obeyed in order of arrival, none waits for another. */
  ask(process: number, order: Order): Promise<Answer>;
  stop(): Promise<void>;
}

const startOne = async (endpoint: string, tableName: string) => {
  const child = fork(worker, [endpoint, tableName], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const pending = new Map<number, (answer: Answer) => void>();
  let orders = 0;
  await once(child, 'message');
  child.on('message', ({ id, answer }: { id: number; answer: Answer }) => {
    pending.get(id)?.(answer);
    pending.delete(id);
  });
  return {
    ask: async (order: Order): Promise<Answer> => {
      const id = orders++;
      const answer = new Promise<Answer>((resolve, reject) => {
        pending.set(id, resolve);
        child.once('exit', (code) => reject(new Error(`A process ended with ${code}`)));
      });
      child.setMaxListeners(0);
      child.send({ id, order });
      return answer;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
};

/** As many operating system processes, each with a limiter of its own over one table. */
export const startProcesses = async (
  count: number,
  endpoint: string,
  tableName: string,
): Promise<Processes> => {
  const all = await Promise.all(
    Array.from({ length: count }, async () => startOne(endpoint, tableName)),
  );
  return {
    ask: async (process, order) => {
      const one = all[process % count];
      if (one === undefined) throw new RangeError(`There is no process ${process}`);
      return one.ask(order);
    },
    stop: async () => {
      await Promise.all(all.map(async (one) => one.stop()));
    },
  };
};

/** A new subject, as four processes see it, whose clocks are ahead of the true one by `skewsMs`. */
export const openSubject = (
  processes: Processes,
  policy: PolicyInput,
  skewsMs: readonly number[] = [],
) => {
  const run = randomUUID();
  let nowMs = Date.UTC(2026, 0, 1);
  const { limits: built } = definePolicy(policy);
  const ask = async (from: number, order: Partial<Order> = {}): Promise<Answer> => {
    const localMs = nowMs + (skewsMs[from % 4] ?? 0);
    return processes.ask(from, { call: 'take', run, key: run, policy, nowMs: localMs, ...order });
  };
  return {
    ask,
    limits: built,
    now: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms;
    },
    localOf: (from: number) => nowMs + (skewsMs[from % 4] ?? 0),
  };
};
