import { type FixedWindow, windowAttribute } from '../../algorithms/fixed-window.ts';
import {
  bucketAttribute,
  bucketMicros,
  busySlack,
  type LeakyBucket,
  type TokenBucket,
} from '../../algorithms/token-bucket.ts';
import type { Charge } from '../limit-store.ts';
import type { Clauses } from './clauses.ts';

/** How a write takes a bucket to be: with nothing owed, or with something. */
export type BucketForm = 'idle' | 'busy';

type Bucket = TokenBucket | LeakyBucket;

const earliestBusy = (limit: Bucket, nowMicros: number): number =>
  nowMicros - Math.floor(busySlack * bucketMicros(limit));

/** The form that fits the last arrival time seen. */
export const bucketForm = (limit: Bucket, arrival: number, nowMicros: number): BucketForm =>
  arrival > earliestBusy(limit, nowMicros) ? 'busy' : 'idle';

/**
 * DynamoDB has no maximum of two numbers, so GCRA has two forms: idle (nothing owed: start from
 * now) and busy (something owed: add to it). Either form serves an absent bucket. Plain
 * comparisons, as BETWEEN with its bounds crossed is a validation error. Returns the expression of
 * the new arrival time.
 */
export const addBucket = (
  { set, conditions, current, values }: Clauses,
  limit: Bucket,
  { cost, nowMicros }: Charge,
  form: BucketForm,
): string => {
  const price = cost * limit.intervalMicros;
  const bucket = bucketAttribute(limit);
  current.add(bucket);
  values[':now'] = nowMicros;
  if (form === 'idle') {
    values[':arrival'] = nowMicros + price;
    set.push(`${bucket} = :arrival`);
    conditions.push(`NOT ${bucket} > :now`);
    return ':arrival';
  }
  const arrival = `if_not_exists(${bucket}, :now) + :price`;
  values[':price'] = price;
  values[':earliest'] = earliestBusy(limit, nowMicros);
  values[':latest'] = nowMicros + bucketMicros(limit) - price;
  set.push(`${bucket} = ${arrival}`);
  conditions.push(`NOT ${bucket} < :earliest`, `NOT ${bucket} > :latest`);
  return arrival;
};

export const addFixedWindow = (
  { add, conditions, values }: Clauses,
  limit: FixedWindow,
  { cost, nowMicros }: Charge,
  index: number,
): void => {
  const window = windowAttribute(limit, nowMicros);
  add.push(`${window} :cost`);
  conditions.push(`NOT ${window} > :room${index}`);
  values[':cost'] = cost;
  values[`:room${index}`] = limit.limit - cost;
};
