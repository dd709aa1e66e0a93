import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import {
  chargeOfAttribute,
  recordMicros,
  takenAttribute,
} from '../../algorithms/charge-records.ts';
import { concurrencyOf, spentMicros } from '../../algorithms/limit.ts';
import { bucketAttribute } from '../../algorithms/token-bucket.ts';
import { type Sighting, staleAttributes } from '../limit-item.ts';
import type { Charge } from '../limit-store.ts';
import { type Clauses, newClauses, toInput } from './clauses.ts';
import { addRecord, addRequestId } from './id-clauses.ts';
import { addLease } from './lease-clauses.ts';
import { addBucket, addFixedWindow, bucketForm } from './limit-clauses.ts';
import { addSlidingWindow } from './sliding-clauses.ts';
import type { StrangerForms } from './stranger-forms.ts';

/** Clocks differ, and retries look back: an item outlives its last limit by this much. */
const graceSeconds = 120;

/** When an item that is written now may go: no limit, lease or record needs it any more. */
export const ttlOf = ({ limits, nowMicros, refundable }: TtlOptions): number => {
  const recordEnd = refundable === true ? nowMicros + recordMicros : 0;
  return Math.ceil(Math.max(spentMicros(limits, nowMicros), recordEnd) / 1e6) + graceSeconds;
};

type TtlOptions = Pick<Charge, 'limits' | 'nowMicros' | 'refundable'>;

/** Adds the clauses of each limit; returns the bucket's new arrival time, as an expression. */
const addLimits = (
  clauses: Clauses,
  charge: Charge,
  { numbers, leases }: Sighting,
  stranger: StrangerForms | undefined,
): string | undefined => {
  let arrival: string | undefined;
  charge.limits.forEach((limit, index) => {
    if (limit.algorithm === 'fixed-window') addFixedWindow(clauses, limit, charge, index);
    else if (limit.algorithm === 'sliding-window') {
      addSlidingWindow(clauses, limit, charge, index, numbers);
    } else if (limit.algorithm === 'concurrency') {
      addLease(clauses, limit, charge, stranger ? stranger.leases : leases);
    } else {
      const seen = numbers[bucketAttribute(limit)];
      const guess = stranger?.bucket ?? 'busy';
      const form = seen === undefined ? guess : bucketForm(limit, seen, charge.nowMicros);
      arrival = addBucket(clauses, limit, charge, form);
    }
  });
  return arrival;
};

/** Removes what the last sighting showed to be over. */
const removeStale = (clauses: Clauses, seen: Sighting, nowMicros: number): void => {
  const { remove, conditions, current, names, values } = clauses;
  const guarded = new Set<string>();
  staleAttributes(seen, current, nowMicros).forEach((name, index) => {
    names[`#x${index}`] = name;
    remove.push(`#x${index}`);
    const charge = chargeOfAttribute(name);
    if (charge === undefined || guarded.has(charge)) return;
    guarded.add(charge);
    // Charged again meanwhile, under the same id, the record is a live one.
    names[`#y${index}`] = takenAttribute(charge);
    values[':over'] = nowMicros - recordMicros;
    conditions.push(`NOT #y${index} > :over`);
  });
};

/**
 * The one conditional write that charges every limit of a subject, or none; worded by what was seen
 * of it last, or for one not seen yet (`stranger`) by a guess.
 */
export const toChargeUpdate = (
  tableName: string,
  charge: Charge,
  seen: Sighting,
  stranger: StrangerForms | undefined,
): UpdateItemCommandInput => {
  const { key, limits, nowMicros, requestId, refundable } = charge;
  const clauses = newClauses();
  clauses.set.push('#ttl = :ttl');
  clauses.names['#ttl'] = 'ttl';
  clauses.values[':ttl'] = ttlOf(charge);
  const arrival = addLimits(clauses, charge, seen, stranger);
  if (requestId !== undefined && concurrencyOf(limits) === undefined) {
    const identified = { ...charge, requestId };
    if (refundable === true) addRecord(clauses, identified, seen, arrival);
    else addRequestId(clauses, identified, seen);
  }
  removeStale(clauses, seen, nowMicros);
  return toInput(tableName, key, clauses);
};
