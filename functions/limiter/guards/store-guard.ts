import type { Clock } from '../../kernel/clock.ts';
import { type LimitStore, StoreThrottled } from '../stores/limit-store.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';

export type Attempt<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'failed'; readonly cause: unknown; readonly retryAfterMs: number };

export interface StoreGuard {
  attempt<T>(call: (store: LimitStore, signal: AbortSignal) => Promise<T>): Promise<Attempt<T>>;
}

export interface TimeBudget {
  /** @default 50 */
  readonly warmMs?: number;
  /** While the connection has to be opened first. @default 300 */
  readonly coldMs?: number;
  /** An idle connection counts as warm for so long. @default 30,000 */
  readonly staysWarmMs?: number;
}

/** Rejects when `call` has not answered within `budgetMs`, whether or not it heeds the signal. */
const within = async <T>(
  budgetMs: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`The store did not answer within ${budgetMs} ms`));
      controller.abort();
    }, budgetMs);
  });
  try {
    return await Promise.race([call(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Bounds what the store can cost a request: a time budget for each call, and the breaker. */
export const createStoreGuard = ({
  store,
  clock,
  breaker,
  budget: { warmMs = 50, coldMs = 300, staysWarmMs = 30_000 } = {},
}: {
  readonly store: LimitStore;
  readonly clock: Clock;
  readonly breaker: CircuitBreaker;
  readonly budget?: TimeBudget;
}): StoreGuard => {
  let answeredAt = Number.NEGATIVE_INFINITY;
  return {
    attempt: async (call) => {
      if (!breaker.enter()) {
        const cause = new Error('The circuit breaker is open');
        return { kind: 'failed', cause, retryAfterMs: breaker.retryAfterMs() };
      }
      const isWarm = clock.now() - answeredAt < staysWarmMs;
      try {
        const value = await within(isWarm ? warmMs : coldMs, (signal) => call(store, signal));
        answeredAt = clock.now();
        breaker.succeeded();
        return { kind: 'answered', value };
      } catch (cause) {
        // One hot item that is throttled must not open the breaker, and the doors, for everybody.
        if (cause instanceof StoreThrottled) breaker.succeeded();
        else breaker.failed();
        return { kind: 'failed', cause, retryAfterMs: breaker.retryAfterMs() };
      }
    },
  };
};
