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
  { set, conditions, names, values }: Clauses,
  limit: Bucket,
  { cost, nowMicros }: Charge,
  form: BucketForm,
): string => {
  const price = cost * limit.intervalMicros;
  const arrival = form === 'busy' ? 'if_not_exists(#t, :now) + :price' : ':now + :price';
  names['#t'] = bucketAttribute(limit);
  values[':now'] = nowMicros;
  values[':price'] = price;
  set.push(`#t = ${arrival}`);
  if (form === 'busy') {
    conditions.push('(attribute_not_exists(#t) OR (#t >= :earliest AND #t <= :latest))');
    values[':earliest'] = earliestBusy(limit, nowMicros);
    values[':latest'] = nowMicros + bucketMicros(limit) - price;
  } else conditions.push('(attribute_not_exists(#t) OR #t <= :now)');
  return arrival;
};

export const addFixedWindow = (
  { set, conditions, names, values }: Clauses,
  limit: FixedWindow,
  { cost, nowMicros }: Charge,
  index: number,
): void => {
  names[`#w${index}`] = windowAttribute(limit, nowMicros);
  set.push(`#w${index} = if_not_exists(#w${index}, :zero) + :cost`);
  conditions.push(`(attribute_not_exists(#w${index}) OR #w${index} <= :room${index})`);
  values[':zero'] = 0;
  values[':cost'] = cost;
  values[`:room${index}`] = limit.limit - cost;
};
