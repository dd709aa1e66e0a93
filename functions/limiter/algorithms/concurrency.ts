import { type Arithmetic, share } from './arithmetic.ts';
import type { SubjectState } from './subject-state.ts';

/**
 * At most `limit` requests at the same time. Each holds a lease until it is released or
 * `leaseSeconds` are over; a holder that is frozen for longer may overlap with its successor.
 */
export interface Concurrency {
  readonly algorithm: 'concurrency';
  readonly name: string;
  readonly limit: number;
  readonly leaseSeconds: number;
}

export const liveLeases = ({ leases }: SubjectState, nowMicros: number): readonly number[] =>
  Object.values(leases)
    .filter((expiry) => expiry > nowMicros)
    .sort((a, b) => a - b);

/** A request takes one lease, whatever its cost towards other limits. */
export const concurrency: Arithmetic<Concurrency> = {
  capacity: () => Number.POSITIVE_INFINITY,
  windowMicros: ({ leaseSeconds }) => leaseSeconds * 1e6,
  assess: ({ limit }, state, nowMicros, cost) => {
    const live = liveLeases(state, nowMicros);
    const fits = cost === 0 || live.length < limit;
    // The one whose end leaves room for one more.
    const blocking = live[live.length - limit] ?? nowMicros;
    return {
      fits,
      remaining: Math.max(limit - live.length, 0),
      resetMicros: Math.max((live.at(-1) ?? nowMicros) - nowMicros, 0),
      retryAfterMicros: fits ? 0 : blocking - nowMicros,
    };
  },
  charge: () => undefined,
  refund: () => undefined,
  spentMicros: ({ leaseSeconds }, nowMicros) => nowMicros + leaseSeconds * 1e6,
  divide: (limit, parts) => ({ ...limit, limit: share(limit.limit, parts) }),
};
