import { expect } from 'vitest';
import type { Limit } from '../../../functions/limiter/algorithms/limit.ts';
import { busySlack } from '../../../functions/limiter/algorithms/token-bucket.ts';

/** What was admitted: when by the true clock, and by that of its process. */
export interface Admitted {
  readonly at: number;
  readonly localAt?: number;
  readonly cost: number;
}

const total = (admitted: readonly Admitted[]) => admitted.reduce((sum, { cost }) => sum + cost, 0);

const mostInAligned = (admitted: readonly Admitted[], windowSeconds: number): number => {
  const windows = Map.groupBy(admitted, ({ at, localAt = at }) =>
    Math.floor(localAt / (windowSeconds * 1000)),
  );
  return Math.max(0, ...[...windows.values()].map(total));
};

/** By how much the worst stretch of time exceeds `most(its length in ms)`. */
const worstExcess = (admitted: readonly Admitted[], most: (ms: number) => number): number => {
  const inOrder = [...admitted].sort((a, b) => a.at - b.at);
  let worst = Number.NEGATIVE_INFINITY;
  for (const [index, { at: from }] of inOrder.entries()) {
    let sum = 0;
    for (const { at, cost } of inOrder.slice(index)) {
      sum += cost;
      worst = Math.max(worst, sum - most(at - from));
    }
  }
  return worst;
};

/**
 * Expects of one limit what it states. `extraMs` is time by which a bucket may be ahead: the skew of
 * clocks, or the time that leases last. Concurrency: each holds until its lease is over.
 */
export const expectWithin = (limit: Limit, admitted: readonly Admitted[], extraMs = 0): void => {
  if (limit.algorithm === 'concurrency') {
    const leaseMs = limit.leaseSeconds * 1000;
    for (const { at } of admitted) {
      const live = admitted.filter((other) => other.at <= at && at < other.at + leaseMs - extraMs);
      expect(live.length).toBeLessThanOrEqual(limit.limit);
    }
    return;
  }
  if ('burst' in limit) {
    const { burst, intervalMicros } = limit;
    const most = (ms: number) => burst * (1 + busySlack) + ((ms + extraMs) * 1000) / intervalMicros;
    expect(worstExcess(admitted, most)).toBeLessThanOrEqual(0);
    return;
  }
  expect(mostInAligned(admitted, limit.windowSeconds)).toBeLessThanOrEqual(limit.limit);
  if (limit.algorithm === 'sliding-window' && extraMs === 0) {
    const windowMs = limit.windowSeconds * 1000;
    const most = (ms: number) => (ms < windowMs ? 2 * limit.limit - 1 : Number.POSITIVE_INFINITY);
    expect(worstExcess(admitted, most)).toBeLessThanOrEqual(0);
  }
};
