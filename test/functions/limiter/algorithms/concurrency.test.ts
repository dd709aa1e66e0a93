import { describe, expect, it } from 'vitest';
import {
  type Concurrency,
  concurrency,
  liveLeases,
} from '../../../../functions/limiter/algorithms/concurrency.ts';
import { emptyState } from '../../../../functions/limiter/algorithms/subject-state.ts';

const now = 1e15;
const two: Concurrency = { algorithm: 'concurrency', name: 'at-once', limit: 2, leaseSeconds: 10 };
const holding = (...ends: readonly number[]) => ({
  ...emptyState,
  leases: Object.fromEntries(ends.map((end, index) => [`lease-${index}`, now + end])),
});
const { assess } = concurrency;

describe('concurrency', () => {
  it('counts leases until they end, whatever a request costs', () => {
    expect(liveLeases(holding(5, 0, -1, 1), now)).toEqual([now + 1, now + 5]);
    expect(assess(two, holding(5, 0), now, 100)).toEqual({
      fits: true,
      remaining: 1,
      resetMicros: 5,
      retryAfterMicros: 0,
    });
  });

  it('has room once enough leases have ended', () => {
    expect(assess(two, holding(5, 9), now, 1)).toEqual({
      fits: false,
      remaining: 0,
      resetMicros: 9,
      retryAfterMicros: 5,
    });
    // Lowered from three to two: the first two have to end.
    expect(assess(two, holding(5, 9, 7), now, 1)).toMatchObject({
      remaining: 0,
      retryAfterMicros: 7,
    });
    expect(assess(two, holding(5, 9, 7), now + 7, 1).fits).toBe(true);
    expect(assess(two, holding(5, 9, 7), now + 6, 1).fits).toBe(false);
  });

  it('always lets a look through', () => {
    expect(assess(two, holding(5, 9), now, 0)).toMatchObject({ fits: true, retryAfterMicros: 0 });
  });

  it('keeps no number, and nothing to give back', () => {
    expect(concurrency.charge(two, emptyState, now, 1)).toBeUndefined();
    expect(concurrency.refund(two, { takenMicros: now }, now, 1, 1)).toBeUndefined();
  });
});
