import { randomId } from '../../kernel/ids.ts';
import { capacity, concurrencyOf, receiptOf } from '../algorithms/limit.ts';
import { dividePolicy, type Policy } from '../policy.ts';
import type { Charge, LeaseHold } from '../stores/limit-store.ts';
import { createMemoryLimitStore } from '../stores/memory-limit-store.ts';
import { type Decision, decide } from '../verdict.ts';

export interface InsuredCharge extends Omit<Charge, 'limits'> {
  /** Whether it may have to be undone. */
  readonly mayGoBack?: boolean | undefined;
}

export interface Insured {
  readonly decision: Decision;
  /** Gives the units back, for a request that is refused elsewhere. */
  readonly undo?: ((nowMicros: number) => Promise<void>) | undefined;
}

export interface Insurance {
  take(policy: Policy, charge: InsuredCharge): Promise<Insured>;
  /** Ends a lease that was taken here. */
  release(hold: LeaseHold): Promise<boolean>;
}

/**
 * Limits on in memory while the store is down: each process admits the quota divided by the
 * policy's `insuranceDivisor`. A cost above that smaller quota takes all of it.
 */
export const createInsurance = ({ maxKeys = 10_000 } = {}): Insurance => {
  const store = createMemoryLimitStore({ maxKeys });
  return {
    take: async (policy, { mayGoBack = false, ...charge }) => {
      const { key, nowMicros, requestId = mayGoBack ? randomId() : undefined } = charge;
      const insured = dividePolicy(policy, policy.insuranceDivisor);
      const { limits } = insured;
      const cost = Math.min(charge.cost, ...limits.map(capacity));
      const { kind, state } = await store.take({ ...charge, requestId, limits, cost });
      const isDenied = kind === 'denied' && policy.mode === 'enforce';
      const decision = decide(insured, state, {
        nowMicros,
        cost: isDenied ? cost : 0,
        reason: isDenied ? 'denied-by-insurance' : 'failed-open',
        ...(kind !== 'denied' && { charged: cost }),
      });
      if (kind !== 'charged' || requestId === undefined) return { decision };
      const receipt = receiptOf(limits, state, nowMicros);
      const undo = async (now: number): Promise<void> => {
        const hold = { key, limits, nowMicros: now, requestId };
        if (concurrencyOf(limits) !== undefined) await store.release(hold);
        else await store.refund({ ...hold, cost, units: cost, receipt });
      };
      return { decision, undo };
    },
    release: store.release,
  };
};
