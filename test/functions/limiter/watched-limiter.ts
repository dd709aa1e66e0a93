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
  /** What happens between a call and its answer. */
  let meanwhile: (call: string) => Promise<void> = async () => undefined;
  const refuseWhenDown = async (call: string) => {
    calls.push(call);
    if (isDown) throw new Error('down');
    await meanwhile(call);
  };
  const store: LimitStore = {
    take: async (charge) => {
      await refuseWhenDown(`take ${charge.key} ${charge.cost}`);
      return memory.take(charge);
    },
    peek: async (key, nowMicros) => {
      await refuseWhenDown(`peek ${key}`);
      return memory.peek(key, nowMicros);
    },
    refund: async (refund) => {
      await refuseWhenDown(`refund ${refund.key} ${refund.units}`);
      return memory.refund(refund);
    },
    release: async (hold) => {
      await refuseWhenDown(`release ${hold.key}`);
      return memory.release(hold);
    },
    renew: async (hold) => {
      await refuseWhenDown(`renew ${hold.key}`);
      return memory.renew(hold);
    },
    reset: async (key) => {
      await refuseWhenDown(`reset ${key}`);
      return memory.reset(key);
    },
  };
  const count = vi.fn();
  const limiter = createLimiter({ store, clock, count, ...options });
  const fail = (value: boolean) => {
    isDown = value;
  };
  const onCall = (handler: typeof meanwhile) => {
    meanwhile = handler;
  };
  /** One more process over the same store. */
  const another = () => createLimiter({ store, clock, count, ...options });
  return { clock, limiter, another, count, calls, memory, store, fail, onCall };
};

/** The metrics counted, as `name policy`. */
export const counted = (count: ReturnType<typeof vi.fn>) =>
  count.mock.calls.map(([metric, policy]) => `${metric} ${policy}`);
