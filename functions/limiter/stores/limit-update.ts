import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { windowAttribute } from '../algorithms/fixed-window.ts';
import { type Limit, spentMicros } from '../algorithms/limit.ts';
import { idsAttribute, liveEpochs, mostIds, shortId } from '../algorithms/request-ids.ts';
import { bucketAttribute, bucketMicros, busySlack } from '../algorithms/token-bucket.ts';
import { type Sighting, staleAttributes } from './limit-item.ts';
import type { Charge } from './limit-store.ts';

/** The clauses of one update, each with the names and values that it uses. */
interface Clauses {
  readonly set: string[];
  readonly conditions: string[];
  readonly names: Record<string, string>;
  readonly values: Record<string, unknown>;
}

/** How a write takes a bucket to be: with nothing owed, or with something. */
export type BucketForm = 'idle' | 'busy';

/**
 * DynamoDB has no maximum of two numbers, so GCRA has two forms: idle (nothing owed: start from
 * now) and busy (something owed: add to it). The last arrival time seen chooses, or for a subject
 * not seen yet `stranger`; either form serves an absent bucket. Plain comparisons, as BETWEEN with
 * its bounds crossed is a validation error.
 */
const addBucket = (
  { set, conditions, names, values }: Clauses,
  limit: Extract<Limit, { algorithm: 'token-bucket' }>,
  { cost, nowMicros }: Charge,
  arrival: number | undefined,
  stranger: BucketForm,
): void => {
  const price = cost * limit.intervalMicros;
  const earliest = nowMicros - Math.floor(busySlack * bucketMicros(limit));
  const known = arrival !== undefined && (arrival > earliest ? 'busy' : 'idle');
  names['#t'] = bucketAttribute(limit);
  values[':now'] = nowMicros;
  values[':price'] = price;
  if ((known || stranger) === 'busy') {
    set.push('#t = if_not_exists(#t, :now) + :price');
    conditions.push('(attribute_not_exists(#t) OR (#t >= :earliest AND #t <= :latest))');
    values[':earliest'] = earliest;
    values[':latest'] = nowMicros + bucketMicros(limit) - price;
  } else {
    set.push('#t = :now + :price');
    conditions.push('(attribute_not_exists(#t) OR #t <= :now)');
  }
};

const addWindow = (
  { set, conditions, names, values }: Clauses,
  limit: Extract<Limit, { algorithm: 'fixed-window' }>,
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

/** Refuses a request that one of the live epochs knows; returns the ADD clause that records it. */
const addRequestId = (clauses: Clauses, charge: Charge, seen: Sighting): string => {
  if (charge.requestId === undefined) return '';
  const { conditions, names, values } = clauses;
  const id = shortId(charge.requestId);
  liveEpochs(charge.nowMicros).forEach((epoch, index) => {
    names[`#d${index}`] = idsAttribute(epoch);
    conditions.push(`NOT contains(#d${index}, :id)`);
  });
  values[':id'] = id;
  const remembered = liveEpochs(charge.nowMicros)
    .map((epoch) => seen.idCounts[idsAttribute(epoch)] ?? 0)
    .reduce((sum, count) => sum + count, 0);
  if (remembered >= mostIds) return '';
  values[':ids'] = new Set([id]);
  return ' ADD #d1 :ids';
};

/** Clocks differ, and retries look back: an item outlives its last limit by this much. */
const graceSeconds = 120;

/** The one conditional write that charges every limit of a subject, or none. */
export const toUpdate = (
  tableName: string,
  charge: Charge,
  seen: Sighting,
  stranger: BucketForm,
): UpdateCommandInput => {
  const { key, limits, nowMicros } = charge;
  const spent = Math.max(...limits.map((limit) => spentMicros(limit, nowMicros)));
  const clauses: Clauses = {
    set: ['#ttl = :ttl'],
    conditions: [],
    names: { '#ttl': 'ttl' },
    values: { ':ttl': Math.ceil(spent / 1e6) + graceSeconds },
  };
  limits.forEach((limit, index) => {
    if (limit.algorithm === 'token-bucket') {
      addBucket(clauses, limit, charge, seen.numbers[bucketAttribute(limit)], stranger);
    } else addWindow(clauses, limit, charge, index);
  });
  const add = addRequestId(clauses, charge, seen);
  const current = new Set(Object.values(clauses.names));
  const stale = staleAttributes(seen, current, nowMicros).map((name, index) => {
    clauses.names[`#x${index}`] = name;
    return `#x${index}`;
  });
  const remove = stale.length > 0 ? ` REMOVE ${stale.join(', ')}` : '';
  return {
    TableName: tableName,
    Key: { pk: key },
    UpdateExpression: `SET ${clauses.set.join(', ')}${add}${remove}`,
    ConditionExpression: clauses.conditions.join(' AND '),
    ExpressionAttributeNames: clauses.names,
    ExpressionAttributeValues: clauses.values,
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
};
