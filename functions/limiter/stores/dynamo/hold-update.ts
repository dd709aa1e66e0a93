import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Concurrency } from '../../algorithms/concurrency.ts';
import { shortId } from '../../algorithms/request-ids.ts';
import type { LeaseHold } from '../limit-store.ts';
import { ttlOf } from './charge-update.ts';
import { type Clauses, newClauses, toInput } from './clauses.ts';
import { leasesAttribute } from './lease-clauses.ts';

const whileHeld = ({ requestId, nowMicros }: LeaseHold): Clauses => {
  const clauses = newClauses();
  clauses.names['#l'] = leasesAttribute;
  clauses.names['#i'] = shortId(requestId);
  clauses.values[':now'] = nowMicros;
  clauses.conditions.push('#l.#i > :now');
  return clauses;
};

export const toReleaseUpdate = (tableName: string, hold: LeaseHold): UpdateItemCommandInput => {
  const clauses = whileHeld(hold);
  clauses.remove.push('#l.#i');
  return toInput(tableName, hold.key, clauses);
};

export const toRenewUpdate = (
  tableName: string,
  hold: LeaseHold,
  { leaseSeconds }: Concurrency,
): UpdateItemCommandInput => {
  const clauses = whileHeld(hold);
  clauses.names['#ttl'] = 'ttl';
  clauses.values[':ttl'] = ttlOf(hold);
  clauses.values[':expiry'] = hold.nowMicros + leaseSeconds * 1e6;
  clauses.set.push('#l.#i = :expiry', '#ttl = :ttl');
  return toInput(tableName, hold.key, clauses);
};
