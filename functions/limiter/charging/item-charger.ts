import { concurrencyOf, receiptOf } from '../algorithms/limit.ts';
import type { DenyCache } from '../guards/deny-cache.ts';
import type { Insurance } from '../guards/insurance.ts';
import type { StoreGuard } from '../guards/store-guard.ts';
import type { CountMetric } from '../metric.ts';
import { fail, type Outcome, type Request, refuse } from '../outcome.ts';
import type { LimitStore, Refund, StoreAnswer } from '../stores/limit-store.ts';
import { decide } from '../verdict.ts';
import type { Charger } from './charger.ts';

/** What every way of charging works with. */
export interface ChargingParts {
  readonly guard: StoreGuard;
  readonly denyCache: DenyCache;
  readonly insurance: Insurance;
  readonly count: CountMetric;
}

const giveBack = async (
  { guard, count }: Pick<ChargingParts, 'guard' | 'count'>,
  policy: string,
  call: (store: LimitStore, signal: AbortSignal) => Promise<boolean>,
): Promise<void> => {
  const attempt = await guard.attempt(call);
  if (attempt.kind === 'failed') count('LimiterNotReturned', policy, attempt.cause);
  else if (!attempt.value) count('LimiterNotReturned', policy, new Error('The charge is unknown'));
};

/** Sends a refund; one that fails leaves the units charged, and is counted. */
export const sendRefund = async (
  parts: Pick<ChargingParts, 'guard' | 'count'>,
  refund: Refund,
  policy: string,
): Promise<void> => giveBack(parts, policy, (store, signal) => store.refund(refund, signal));

/** Charges a subject's own item: one write a decision. */
export const createItemCharger = (parts: ChargingParts): Charger => {
  const { guard, denyCache, insurance, count } = parts;

  const undoOf = ({ policy, ...request }: Request, { state }: StoreAnswer) => {
    const { key, requestId, cost } = request;
    if (requestId === undefined) return undefined;
    const { limits, refundable, name } = policy;
    return async (nowMicros: number): Promise<void> => {
      const charge = { key, limits, nowMicros, requestId };
      if (concurrencyOf(limits) !== undefined) {
        // Units of windows beside it stay charged: nothing proves which request took them.
        await giveBack(parts, name, (store, signal) => store.release(charge, signal));
      } else {
        const receipt = refundable ? undefined : receiptOf(limits, state, request.nowMicros);
        await sendRefund(parts, { ...charge, cost, units: cost, receipt }, name);
      }
      denyCache.forget(key);
    };
  };

  const refusal = (request: Request): Outcome | undefined => {
    const known = denyCache.find(request.key, request);
    return known && refuse(request, known, 'denied-by-cache', count);
  };

  return {
    knowsRetries: true,
    refusal,
    take: async (request): Promise<Outcome> => {
      const { policy, key, cost, nowMicros, requestId } = request;
      const { limits, refundable } = policy;
      // A shadow refuses nobody, so that what is known of it is asked for only here.
      const shadowed = policy.mode === 'shadow' ? refusal(request) : undefined;
      if (shadowed !== undefined) return shadowed;
      const charge = { key, limits, cost, nowMicros, requestId, refundable };
      const attempt = await guard.attempt((store, signal) => store.take(charge, signal));
      if (attempt.kind === 'failed') return fail(request, attempt, insurance, count);
      const { kind, state } = attempt.value;
      if (kind === 'denied') {
        denyCache.keep(key, state, nowMicros);
        return refuse(request, state, 'denied', count);
      }
      denyCache.refresh(key, state, nowMicros);
      // A retry waits for its turn in a leaky bucket as its original does, or longer.
      const at = { nowMicros, cost: 0, charged: cost, reason: 'allowed' } as const;
      const decision = decide(policy, state, at);
      if (kind === 'duplicate') return { decision, charged: false, isRepeat: true, state };
      return { decision, charged: true, state, undo: undoOf(request, attempt.value) };
    },
  };
};
