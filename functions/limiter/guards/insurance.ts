import { capacity, type Limit } from '../algorithms/limit.ts';
import type { Policy } from '../policy.ts';
import type { Charge } from '../stores/limit-store.ts';
import { createMemoryLimitStore } from '../stores/memory-limit-store.ts';
import { type Decision, decide } from '../verdict.ts';

const shrink = (limit: Limit, divisor: number): Limit =>
  limit.algorithm === 'token-bucket'
    ? {
        ...limit,
        burst: Math.max(Math.floor(limit.burst / divisor), 1),
        intervalMicros: limit.intervalMicros * divisor,
      }
    : { ...limit, limit: Math.max(Math.floor(limit.limit / divisor), 1) };

export interface Insurance {
  take(policy: Policy, charge: Omit<Charge, 'limits'>): Promise<Decision>;
}

/**
 * Limits on in memory while the store is down: each process admits the quota divided by the
 * policy's `insuranceDivisor`. A cost above that smaller quota takes all of it.
 */
export const createInsurance = ({ maxKeys = 10_000 } = {}): Insurance => {
  const store = createMemoryLimitStore({ maxKeys });
  const smaller = new WeakMap<Policy, Policy>();
  const shrunk = (policy: Policy): Policy => {
    const known = smaller.get(policy);
    if (known !== undefined) return known;
    const limits = policy.limits.map((limit) => shrink(limit, policy.insuranceDivisor));
    const made = { ...policy, limits };
    smaller.set(policy, made);
    return made;
  };
  return {
    take: async (policy, charge) => {
      const insured = shrunk(policy);
      const { limits } = insured;
      const cost = Math.min(charge.cost, ...limits.map(capacity));
      const { kind, state } = await store.take({ ...charge, limits, cost });
      const isDenied = kind === 'denied' && policy.mode === 'enforce';
      return decide(insured, (attribute) => state.numbers[attribute], {
        nowMicros: charge.nowMicros,
        cost: isDenied ? cost : 0,
        reason: isDenied ? 'denied' : 'failed-open',
      });
    },
  };
};
