import type { Arithmetic, Entry, Receipt, Standing } from './arithmetic.ts';
import { type Concurrency, concurrency } from './concurrency.ts';
import { type FixedWindow, fixedWindow } from './fixed-window.ts';
import { type SlidingWindow, slidingWindow } from './sliding-window.ts';
import type { SubjectState } from './subject-state.ts';
import {
  bucketAttribute,
  type LeakyBucket,
  leakyBucket,
  type TokenBucket,
  tokenBucket,
} from './token-bucket.ts';

/** One limit of a subject. A subject's limits are charged together or not at all. */
export type Limit = TokenBucket | LeakyBucket | FixedWindow | SlidingWindow | Concurrency;

export type Algorithm = Limit['algorithm'];

type Algorithms = { readonly [A in Algorithm]: Arithmetic<Extract<Limit, { algorithm: A }>> };

const algorithms: Algorithms = {
  'token-bucket': tokenBucket,
  'leaky-bucket': leakyBucket,
  'fixed-window': fixedWindow,
  'sliding-window': slidingWindow,
  concurrency,
};

export const algorithmNames = Object.keys(algorithms) as readonly Algorithm[];

/** The arithmetic of a limit's algorithm. */
export const arithmeticOf = (limit: Limit): Arithmetic<Limit> =>
  algorithms[limit.algorithm] as Arithmetic<Limit>;

/** The most units that one request may ever cost. */
export const capacity = (limit: Limit): number => arithmeticOf(limit).capacity(limit);

export const assess = (
  limit: Limit,
  state: SubjectState,
  nowMicros: number,
  cost: number,
): Standing => arithmeticOf(limit).assess(limit, state, nowMicros, cost);

/** Whether every limit has room for `cost`. */
export const fitsAll = (
  limits: readonly Limit[],
  state: SubjectState,
  nowMicros: number,
  cost: number,
): boolean => limits.every((limit) => assess(limit, state, nowMicros, cost).fits);

/** The numbers that a charge leaves behind. */
export const chargeAll = (
  limits: readonly Limit[],
  state: SubjectState,
  nowMicros: number,
  cost: number,
): readonly Entry[] =>
  limits.flatMap((limit) => {
    const entry = arithmeticOf(limit).charge(limit, state, nowMicros, cost);
    return entry ? [entry] : [];
  });

/** What giving back `units` of the `cost` that was charged subtracts from a subject's numbers. */
export const refundAll = (
  limits: readonly Limit[],
  receipt: Receipt,
  nowMicros: number,
  units: number,
  cost = units,
): readonly Entry[] =>
  limits.flatMap((limit) => {
    const entry = arithmeticOf(limit).refund(limit, receipt, nowMicros, units, cost);
    return entry ? [entry] : [];
  });

export const isBucket = (limit: Limit): limit is TokenBucket | LeakyBucket =>
  limit.algorithm === 'token-bucket' || limit.algorithm === 'leaky-bucket';

/** What a later refund needs to know of a charge, read from the state right after it. */
export const receiptOf = (
  limits: readonly Limit[],
  { numbers }: SubjectState,
  takenMicros: number,
): Receipt => {
  const bucket = limits.find(isBucket);
  return { takenMicros, arrivalMicros: bucket && numbers[bucketAttribute(bucket)] };
};

export const concurrencyOf = (limits: readonly Limit[]): Concurrency | undefined =>
  limits.find((limit) => limit.algorithm === 'concurrency');

/** From when on a subject's state no longer matters, however much of it is charged now. */
export const spentMicros = (limits: readonly Limit[], nowMicros: number): number =>
  Math.max(...limits.map((limit) => arithmeticOf(limit).spentMicros(limit, nowMicros)));
