import type { Clock } from '../../kernel/clock.ts';

export interface LeaseSizeOptions {
  readonly clock: Clock;
  /** Units of the whole limit. */
  readonly most: number;
  /** Demand that one lease is to cover. */
  readonly horizonMs: number;
}

export interface Need {
  /** What the request at hand costs: no lease is smaller. */
  readonly cost: number;
  /** Units that callers wait for. */
  readonly waiting: number;
  /** Units left of the limit, as far as is known. */
  readonly remaining: number;
}

export interface LeaseEnd {
  readonly units: number;
  /** Of these, how many lapsed. */
  readonly unspent: number;
  /** Whether they were spent in less than half of the time that they had. */
  readonly isQuick: boolean;
}

/** How many units a process takes at once. */
export interface LeaseSize {
  noteDemand(cost: number): void;
  noteEnd(end: LeaseEnd): void;
  next(need: Need): number;
}

/** Of a large limit, a slow process takes this part at once: it pays a write for ten requests. */
const leastShare = 1e-5;

/**
 * What the process's rate needs within the horizon, or more where that is little; of the latter only
 * what it spent of its last lease, or units of many slow processes would lapse and the fleet be
 * refused long before the limit. Never more than an eighth of what is left.
 */
export const createLeaseSize = ({ clock, most, horizonMs }: LeaseSizeOptions): LeaseSize => {
  const least = Math.max(Math.floor(most * leastShare), 1);
  let spendable = least;
  let demand = 0;
  let notedMs = clock.now();
  return {
    noteDemand: (cost) => {
      // Decays over the horizon, so it is the rate times the horizon; a cold start begins low.
      const nowMs = clock.now();
      demand = demand * Math.exp(-Math.max(nowMs - notedMs, 0) / horizonMs) + cost;
      notedMs = nowMs;
    },
    noteEnd: ({ units, unspent, isQuick }) => {
      if (unspent > 0) spendable = Math.min(Math.max(units - unspent, 1), least);
      else if (isQuick) spendable = Math.min(spendable * 2, least);
    },
    next: ({ cost, waiting, remaining }) => {
      const wanted = Math.max(Math.ceil(demand), spendable, waiting);
      return Math.max(Math.min(wanted, Math.floor(remaining / 8)), cost);
    },
  };
};
