import {
  assessWindow,
  type FixedWindow,
  windowAttribute,
  windowEndMicros,
} from './fixed-window.ts';
import type { ReadNumber, Standing } from './standing.ts';
import {
  assessBucket,
  bucketAttribute,
  bucketMicros,
  chargeBucket,
  type TokenBucket,
} from './token-bucket.ts';

/** One limit of a subject. A subject's limits are charged together or not at all. */
export type Limit = TokenBucket | FixedWindow;

/** The most units that one request may ever cost. */
export const capacity = (limit: Limit): number =>
  limit.algorithm === 'token-bucket' ? limit.burst : limit.limit;

export const assess = (
  limit: Limit,
  read: ReadNumber,
  nowMicros: number,
  cost: number,
): Standing =>
  limit.algorithm === 'token-bucket'
    ? assessBucket(limit, read, nowMicros, cost)
    : assessWindow(limit, read, nowMicros, cost);

/** Whether every limit has room for `cost`. */
export const fitsAll = (
  limits: readonly Limit[],
  read: ReadNumber,
  nowMicros: number,
  cost: number,
): boolean => limits.every((limit) => assess(limit, read, nowMicros, cost).fits);

/** The attribute that a charge changes, and its value afterwards. */
export const charge = (
  limit: Limit,
  read: ReadNumber,
  nowMicros: number,
  cost: number,
): readonly [attribute: string, value: number] => {
  if (limit.algorithm === 'token-bucket') {
    return [bucketAttribute(limit), chargeBucket(limit, read, nowMicros, cost)];
  }
  const attribute = windowAttribute(limit, nowMicros);
  return [attribute, (read(attribute) ?? 0) + cost];
};

/** From when on a limit's state no longer matters, however much of it is charged now. */
export const spentMicros = (limit: Limit, nowMicros: number): number =>
  limit.algorithm === 'token-bucket'
    ? nowMicros + bucketMicros(limit)
    : windowEndMicros(limit, nowMicros);
