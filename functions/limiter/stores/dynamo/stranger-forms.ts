import { isBucket } from '../../algorithms/limit.ts';
import { bucketAttribute } from '../../algorithms/token-bucket.ts';
import type { Leases, LimitItem } from '../limit-item.ts';
import type { Charge } from '../limit-store.ts';
import { type BucketForm, bucketForm } from './limit-clauses.ts';

/** How subjects that this process has not seen turned out last: the guess for the next. */
export interface StrangerForms {
  readonly bucket: BucketForm;
  readonly leases: Leases | undefined;
}

export const firstGuess: StrangerForms = { bucket: 'busy', leases: undefined };

/** The guess once a subject's item has come back on a wrong one. */
export const learnForms = (
  guess: StrangerForms,
  { limits, nowMicros }: Charge,
  { numbers, leases }: LimitItem,
): StrangerForms => {
  const bucket = limits.find(isBucket);
  const arrival = bucket && numbers[bucketAttribute(bucket)];
  return {
    bucket: bucket && arrival !== undefined ? bucketForm(bucket, arrival, nowMicros) : guess.bucket,
    // Of another subject's map only that there is one.
    leases: leases && {},
  };
};
