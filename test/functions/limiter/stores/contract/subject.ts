import { randomUUID } from 'node:crypto';
import type { Receipt } from '../../../../../functions/limiter/algorithms/arithmetic.ts';
import type { Limit } from '../../../../../functions/limiter/algorithms/limit.ts';
import { definePolicy, type LimitInput } from '../../../../../functions/limiter/policy.ts';
import type { LimitStore } from '../../../../../functions/limiter/stores/limit-store.ts';

/** One store as several processes see it; a technology within one process hands out the same. */
export type OpenStore = () => LimitStore;

/** The start of a day, an hour and a minute, in microseconds. */
export const start = Date.UTC(2026, 0, 1) * 1000;
export const second = 1e6;

export const limitsOf = (...limits: LimitInput[]): readonly Limit[] =>
  definePolicy({ name: 'contract', limits }).limits;

export interface TakeOptions {
  readonly cost?: number;
  readonly requestId?: string;
  /** The process that asks. */
  readonly from?: number;
  readonly under?: readonly Limit[];
  readonly refundable?: boolean;
}

export interface RefundOptions {
  readonly requestId: string;
  readonly cost?: number;
  readonly units?: number;
  readonly receipt?: Receipt;
  readonly from?: number;
}

/** A new subject of one store, as several processes see it. */
export const subjectsOf =
  (open: OpenStore) =>
  (limits: readonly Limit[], processes = 1) => {
    const stores = Array.from({ length: processes }, open);
    const key = `contract#${randomUUID()}`;
    const storeOf = (from = 0): LimitStore => {
      const store = stores[from];
      if (store === undefined) throw new RangeError(`There is no process ${from}`);
      return store;
    };
    const take = async (
      nowMicros = start,
      { cost = 1, requestId, from, under = limits, refundable }: TakeOptions = {},
    ) => storeOf(from).take({ key, limits: under, cost, nowMicros, requestId, refundable });
    const peek = async (nowMicros = start, from = 0) => storeOf(from).peek(key, nowMicros);
    return {
      take,
      peek,
      kind: async (nowMicros?: number, options?: TakeOptions) =>
        (await take(nowMicros, options)).kind,
      numbers: async (nowMicros = start) => (await peek(nowMicros)).numbers,
      refund: async (
        nowMicros: number,
        { requestId, cost = 1, units = cost, receipt, from }: RefundOptions,
      ) => storeOf(from).refund({ key, limits, nowMicros, requestId, cost, units, receipt }),
      release: async (nowMicros: number, requestId: string, from = 0) =>
        storeOf(from).release({ key, limits, nowMicros, requestId }),
      renew: async (nowMicros: number, requestId: string, from = 0) =>
        storeOf(from).renew({ key, limits, nowMicros, requestId }),
      reset: async (from = 0) => storeOf(from).reset(key),
    };
  };

/** As many answers of each kind. */
export const tally = (kinds: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
