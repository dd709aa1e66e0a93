import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Receipt } from '../../algorithms/arithmetic.ts';
import {
  arrivalAttribute,
  recordedReceipt,
  takenAttribute,
} from '../../algorithms/charge-records.ts';
import { refundAll } from '../../algorithms/limit.ts';
import { chargeId, idsAttribute, requestEpoch } from '../../algorithms/request-ids.ts';
import type { LimitItem } from '../limit-item.ts';
import type { Refund } from '../limit-store.ts';
import { type Clauses, newClauses, toInput } from './clauses.ts';

/** Uses up the id that proves the charge. */
const addIdProof = (clauses: Clauses, id: string, { takenMicros }: Receipt): void => {
  const ids = idsAttribute(requestEpoch(takenMicros));
  clauses.values[':id'] = id;
  clauses.values[':ids'] = new Set([id]);
  clauses.conditions.push(`contains(${ids}, :id)`);
  clauses.delete.push(`${ids} :ids`);
};

/** Uses up the record, if it still is the one that was seen. */
const addRecordProof = (clauses: Clauses, id: string, receipt: Receipt): void => {
  const { names, values, conditions, remove } = clauses;
  names['#r'] = takenAttribute(id);
  names['#a'] = arrivalAttribute(id);
  values[':r'] = receipt.takenMicros;
  conditions.push('#r = :r');
  if (receipt.arrivalMicros === undefined) conditions.push('attribute_not_exists(#a)');
  else {
    values[':a'] = receipt.arrivalMicros;
    conditions.push('#a = :a');
  }
  remove.push('#r', '#a');
};

/**
 * The one conditional write that gives units back. It subtracts from attributes that exist: a window
 * that is over must not come back. `numbers` are those seen, or undefined to take all for present.
 */
export const toRefundUpdate = (
  tableName: string,
  refund: Refund,
  receipt: Receipt,
  numbers: Readonly<Record<string, number>> | undefined,
): UpdateItemCommandInput => {
  const { key, limits, requestId, cost, units, nowMicros } = refund;
  const clauses = newClauses();
  const id = chargeId(requestId, cost);
  if (refund.receipt === undefined) addRecordProof(clauses, id, receipt);
  else addIdProof(clauses, id, receipt);
  refundAll(limits, receipt, nowMicros, units, cost)
    .filter(([attribute]) => numbers === undefined || attribute in numbers)
    .forEach(([attribute, less], index) => {
      clauses.values[`:u${index}`] = less;
      clauses.set.push(`${attribute} = ${attribute} - :u${index}`);
      clauses.conditions.push(`attribute_exists(${attribute})`);
    });
  return toInput(tableName, key, clauses);
};

/** What the item proves of the charge, or undefined where the proof is used up, over or unknown. */
export const provenReceipt = (refund: Refund, item: LimitItem): Receipt | undefined => {
  const { requestId, cost, nowMicros, receipt } = refund;
  const id = chargeId(requestId, cost);
  if (receipt === undefined) return recordedReceipt(item, id, nowMicros);
  const ids = item.idSets[idsAttribute(requestEpoch(receipt.takenMicros))];
  return ids?.includes(id) ? receipt : undefined;
};
