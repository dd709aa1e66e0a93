import { vi } from 'vitest';
import { createLimiter, type LimiterOptions } from '../../../functions/limiter/limiter.ts';
import type { LimitStore } from '../../../functions/limiter/stores/limit-store.ts';
import { createMemoryLimitStore } from '../../../functions/limiter/stores/memory-limit-store.ts';
import { manualClock } from '../../support/manual-clock.ts';

/** A limiter over a store that notes its calls and can be told to fail. */
export const watchedLimiter = (options: Partial<LimiterOptions> = {}) => {
  const clock = manualClock(Date.UTC(2026, 0, 1, 12));
  const memory = createMemoryLimitStore();
  let isDown = false;
  const calls: string[] = [];
  const refuseWhenDown = (call: string) => {
    calls.push(call);
    if (isDown) throw new Error('down');
  };
  const store: LimitStore = {
    take: async (charge) => {
      refuseWhenDown(`take ${charge.key} ${charge.cost}`);
      return memory.take(charge);
    },
    peek: async (key, nowMicros) => {
      refuseWhenDown(`peek ${key}`);
      return memory.peek(key, nowMicros);
    },
  };
  const count = vi.fn();
  const limiter = createLimiter({ store, clock, count, ...options });
  const fail = (value: boolean) => {
    isDown = value;
  };
  return { clock, limiter, count, calls, memory, fail };
};

/** The metrics counted, as `name policy`. */
export const counted = (count: ReturnType<typeof vi.fn>) =>
  count.mock.calls.map(([metric, policy]) => `${metric} ${policy}`);
