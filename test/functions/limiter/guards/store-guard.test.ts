import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCircuitBreaker } from '../../../../functions/limiter/guards/circuit-breaker.ts';
import { createStoreGuard } from '../../../../functions/limiter/guards/store-guard.ts';
import { StoreThrottled } from '../../../../functions/limiter/stores/limit-store.ts';
import { createMemoryLimitStore } from '../../../../functions/limiter/stores/memory-limit-store.ts';
import { manualClock } from '../../../support/manual-clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = () => new Promise<never>(() => undefined);

const setUp = () => {
  const clock = manualClock();
  const breaker = createCircuitBreaker({ clock, failures: 3, openMs: 2000 });
  const guard = createStoreGuard({ store: createMemoryLimitStore(), clock, breaker });
  /** How long an attempt at a store that never answers takes. */
  const patienceMs = async () => {
    const startedAt = Date.now();
    const attempt = guard.attempt(never);
    await vi.runAllTimersAsync();
    expect(await attempt).toMatchObject({ kind: 'failed' });
    return Date.now() - startedAt;
  };
  return { clock, breaker, guard, patienceMs };
};

describe('createStoreGuard', () => {
  it('hands the answer over', async () => {
    const { guard } = setUp();
    expect(await guard.attempt(async () => 7)).toEqual({ kind: 'answered', value: 7 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits 300 ms for the first answer, 50 ms on a warm connection', async () => {
    const { guard, patienceMs, clock } = setUp();
    expect(await patienceMs()).toBe(300);
    await guard.attempt(async () => 7);
    expect(await patienceMs()).toBe(50);
    clock.advance(30_000);
    expect(await patienceMs()).toBe(300);
  });

  it('tells the store to stop when the time is up', async () => {
    const { guard } = setUp();
    let aborted = false;
    const attempt = guard.attempt((_, signal) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return never();
    });
    await vi.advanceTimersByTimeAsync(299);
    expect(aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await attempt;
    expect(aborted).toBe(true);
  });

  it('does not ask a store that keeps failing, until it may have recovered', async () => {
    const { guard, clock } = setUp();
    const call = vi.fn(async () => {
      throw new Error('down');
    });
    for (let i = 0; i < 10; i++) await guard.attempt(call);
    expect(call).toHaveBeenCalledTimes(3);
    expect(await guard.attempt(call)).toMatchObject({ kind: 'failed', retryAfterMs: 2000 });
    clock.advance(2000);
    expect(await guard.attempt(async () => 1)).toMatchObject({ kind: 'answered' });
    expect(await guard.attempt(async () => 2)).toMatchObject({ kind: 'answered' });
  });

  it('does not take a throttled item for a store that is down', async () => {
    const { guard, breaker } = setUp();
    for (let i = 0; i < 10; i++) {
      const attempt = await guard.attempt(async () => {
        throw new StoreThrottled('hot');
      });
      expect(attempt.kind).toBe('failed');
    }
    expect(breaker.state()).toBe('closed');
  });
});
