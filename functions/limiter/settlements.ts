import type { Clock } from '../kernel/clock.ts';
import { AppError, validationFailed } from '../kernel/errors.ts';
import { itemKeyOf, itemKeys } from './charging/sharded-charger.ts';
import type { DenyCache } from './guards/deny-cache.ts';
import type { Insurance } from './guards/insurance.ts';
import type { StoreGuard } from './guards/store-guard.ts';
import type { CountMetric } from './metric.ts';
import { dividePolicy, type Policy } from './policy.ts';
import { maxUnits } from './policy-faults.ts';
import type { LimitStore } from './stores/limit-store.ts';

/** `unknown`: there is nothing to settle (any more). `failed`: the store did not answer. */
export type Settlement = 'settled' | 'unknown' | 'failed';

/** What changes a charge after it was made. */
export interface Settlements {
  /**
   * Gives back what a take of this id and cost was charged, or `units` of it; once, within ten
   * minutes. A window that is over gets nothing, nor a bucket what has flowed back since.
   * @throws AppError `conflict` where the policy is not refundable
   */
  refund(policy: Policy, key: string, charge: ChargeToRefund): Promise<Settlement>;
  /** Keeps `actual` units of a reservation, and gives the others back. */
  commit(policy: Policy, key: string, charge: ChargeToCommit): Promise<Settlement>;
  /** Gives a whole reservation back. */
  cancel(policy: Policy, key: string, charge: ReservedCharge): Promise<Settlement>;
  /** Ends a lease of a concurrency limit. */
  release(policy: Policy, key: string, hold: HeldLease): Promise<Settlement>;
  /** Lets a lease last its full time again, from now. */
  renew(policy: Policy, key: string, hold: HeldLease): Promise<Settlement>;
  /** Forgets all that a subject was charged, its leases included. */
  reset(policy: Policy, key: string): Promise<Settlement>;
}

export interface HeldLease {
  readonly requestId: string;
}

export interface ReservedCharge extends HeldLease {
  /** @default 1 */
  readonly cost?: number;
}

export interface ChargeToRefund extends ReservedCharge {
  /** @default all */
  readonly units?: number;
}

export interface ChargeToCommit extends ReservedCharge {
  /** 0 to the cost. */
  readonly actual: number;
}

export interface SettlementParts {
  readonly guard: StoreGuard;
  readonly clock: Clock;
  readonly denyCache: DenyCache;
  readonly insurance: Insurance;
  readonly count: CountMetric;
  readonly subjectKey: (policy: Policy, key: string) => string;
}

const checkUnits = (field: string, units: number, most: number): void => {
  if (Number.isSafeInteger(units) && units >= 0 && units <= most) return;
  const detail = `must be a whole number from 0 to ${most}`;
  throw validationFailed([{ field, code: 'out-of-range', detail }]);
};

/** @throws AppError `conflict` */
export const checkRefundable = ({ name, refundable }: Policy): void => {
  if (refundable) return;
  throw new AppError('conflict', `Charges of the policy "${name}" are not refundable.`);
};

export const createSettlements = (parts: SettlementParts): Settlements => {
  const { guard, clock, denyCache, insurance, count, subjectKey } = parts;
  const nowMicros = () => Math.round(clock.now() * 1000);

  const settle = async (
    { name }: Policy,
    call: (store: LimitStore, signal: AbortSignal) => Promise<boolean>,
  ): Promise<Settlement> => {
    const attempt = await guard.attempt(call);
    if (attempt.kind === 'answered') return attempt.value ? 'settled' : 'unknown';
    count('LimiterNotReturned', name, attempt.cause);
    return 'failed';
  };

  const giveBack = async (
    policy: Policy,
    key: string,
    { requestId, cost, units }: Required<ChargeToRefund>,
  ): Promise<Settlement> => {
    checkRefundable(policy);
    const { shards } = policy;
    const subject = subjectKey(policy, key);
    const item = itemKeyOf(shards, subject, requestId);
    const { limits } = dividePolicy(policy, shards);
    const refund = { key: item, limits, requestId, cost, units, nowMicros: nowMicros() };
    const settlement = await settle(policy, (store, signal) => store.refund(refund, signal));
    denyCache.forget(item);
    return settlement;
  };

  const holdOf = (policy: Policy, key: string, { requestId }: HeldLease) => ({
    key: subjectKey(policy, key),
    limits: policy.limits,
    requestId,
    nowMicros: nowMicros(),
  });

  return {
    refund: async (policy, key, { requestId, cost = 1, units = cost }) => {
      checkUnits('cost', cost, maxUnits);
      checkUnits('units', units, cost);
      return giveBack(policy, key, { requestId, cost, units });
    },
    commit: async (policy, key, { requestId, cost = 1, actual }) => {
      checkUnits('cost', cost, maxUnits);
      checkUnits('actual', actual, cost);
      return giveBack(policy, key, { requestId, cost, units: cost - actual });
    },
    cancel: async (policy, key, { requestId, cost = 1 }) =>
      giveBack(policy, key, { requestId, cost, units: cost }),
    release: async (policy, key, held) => {
      const hold = holdOf(policy, key, held);
      const wasInsured = await insurance.release(hold);
      const settlement = await settle(policy, (store, signal) => store.release(hold, signal));
      return wasInsured && settlement !== 'settled' ? 'settled' : settlement;
    },
    renew: async (policy, key, held) => {
      const hold = holdOf(policy, key, held);
      return settle(policy, (store, signal) => store.renew(hold, signal));
    },
    reset: async (policy, key) => {
      const subject = subjectKey(policy, key);
      const settlements = itemKeys(policy.shards, subject).map(async (item) => {
        const settlement = await settle(policy, async (store, signal) => {
          await store.reset(item, signal);
          return true;
        });
        denyCache.forget(item);
        return settlement;
      });
      const all = await Promise.all(settlements);
      return all.includes('failed') ? 'failed' : 'settled';
    },
  };
};
