import type { Receipt } from '../../../functions/limiter/algorithms/arithmetic.ts';
import { chargeAll, fitsAll, refundAll } from '../../../functions/limiter/algorithms/limit.ts';
import { emptyState } from '../../../functions/limiter/algorithms/subject-state.ts';
import {
  bucketAttribute,
  type TokenBucket,
} from '../../../functions/limiter/algorithms/token-bucket.ts';
import type { Policy } from '../../../functions/limiter/policy.ts';
import type { LimitStore, StoreAnswer } from '../../../functions/limiter/stores/limit-store.ts';
import { createMemoryLimitStore } from '../../../functions/limiter/stores/memory-limit-store.ts';

interface Return {
  readonly requestId: string;
  readonly cost: number;
  readonly units: number;
  readonly receipt: Receipt;
}

/** The limit that a fleet leases from. */
export interface SharedLimit {
  take(cost: number, nowMicros: number, requestId: string | undefined): Promise<StoreAnswer>;
  /** Checked by its id, and against what is still owed. */
  refund(units: Return, nowMicros: number): Promise<boolean>;
  /** Adds units, whatever is owed; with an id once. What the wrong rules do. */
  addBack(units: number, requestId?: string): void;
  /** Writes so far. */
  writes(): number;
  /** Units charged so far. */
  taken(): number;
}

const key = 'all';

/** In the product's own store; it has no unchecked way to add units. */
export const storedLimit = (
  { limits }: Policy,
  store: LimitStore = createMemoryLimitStore(),
): SharedLimit => {
  let writes = 0;
  let taken = 0;
  return {
    take: async (cost, nowMicros, requestId) => {
      writes++;
      const answer = await store.take({ key, limits, cost, nowMicros, requestId });
      if (answer.kind === 'charged') taken += cost;
      return answer;
    },
    refund: (units, nowMicros) => {
      writes++;
      return store.refund({ ...units, key, limits, nowMicros });
    },
    addBack: () => {
      throw new TypeError('The store adds nothing without a check');
    },
    writes: () => writes,
    taken: () => taken,
  };
};

/** A number beside the product's arithmetic, so that wrong rules can be played too. */
export const plainLimit = ({ limits }: Policy): SharedLimit => {
  const bucket = limits[0] as TokenBucket;
  const attribute = bucketAttribute(bucket);
  const ids = new Set<string>();
  let numbers: Record<string, number> = {};
  let writes = 0;
  let taken = 0;
  const stateOf = () => ({ ...emptyState, numbers });
  const subtract = (micros: number) => {
    numbers = { [attribute]: (numbers[attribute] ?? 0) - micros };
  };
  return {
    take: async (cost, nowMicros, requestId) => {
      writes++;
      if (requestId !== undefined && ids.has(requestId)) {
        return { kind: 'duplicate', state: stateOf() };
      }
      if (!fitsAll(limits, stateOf(), nowMicros, cost)) return { kind: 'denied', state: stateOf() };
      numbers = Object.fromEntries(chargeAll(limits, stateOf(), nowMicros, cost));
      if (requestId !== undefined) ids.add(requestId);
      taken += cost;
      return { kind: 'charged', state: stateOf() };
    },
    refund: async ({ requestId, receipt, units, cost }, nowMicros) => {
      if (!ids.delete(requestId)) return false;
      for (const [, less] of refundAll(limits, receipt, nowMicros, units, cost)) subtract(less);
      return true;
    },
    addBack: (units, requestId) => {
      if (requestId === undefined || ids.delete(requestId)) subtract(units * bucket.intervalMicros);
    },
    writes: () => writes,
    taken: () => taken,
  };
};
