import { arrivalAttribute, recordMicros, takenAttribute } from '../../algorithms/charge-records.ts';
import {
  chargeId,
  idsAttribute,
  liveEpochs,
  mostIds,
  requestEpoch,
} from '../../algorithms/request-ids.ts';
import type { Sighting } from '../limit-item.ts';
import type { Charge } from '../limit-store.ts';
import type { Clauses } from './clauses.ts';

type IdentifiedCharge = Charge & { readonly requestId: string };

/** Refuses a request that one of the live epochs knows, and adds it to the current one. */
export const addRequestId = (
  { add, conditions, values }: Clauses,
  { requestId, cost, nowMicros }: IdentifiedCharge,
  { idCounts }: Sighting,
): void => {
  const id = chargeId(requestId, cost);
  const epochs = liveEpochs(nowMicros).map(idsAttribute);
  for (const attribute of epochs) conditions.push(`NOT contains(${attribute}, :id)`);
  values[':id'] = id;
  const remembered = epochs.reduce((sum, attribute) => sum + (idCounts[attribute] ?? 0), 0);
  if (remembered >= mostIds) return;
  values[':ids'] = new Set([id]);
  add.push(`${idsAttribute(requestEpoch(nowMicros))} :ids`);
};

/** Refuses a charge that has a live record, and records it: its time and the bucket's arrival. */
export const addRecord = (
  { set, conditions, current, names, values }: Clauses,
  { requestId, cost, nowMicros }: IdentifiedCharge,
  { takenMicros }: Sighting,
  arrival: string | undefined,
): void => {
  const id = chargeId(requestId, cost);
  const overMicros = nowMicros - recordMicros;
  names['#r'] = takenAttribute(id);
  current.add(takenAttribute(id)).add(arrivalAttribute(id));
  values[':over'] = overMicros;
  conditions.push('NOT #r > :over');
  if (takenMicros.filter((taken) => taken > overMicros).length >= mostIds) return;
  values[':now'] = nowMicros;
  set.push('#r = :now');
  if (arrival === undefined) return;
  names['#a'] = arrivalAttribute(id);
  set.push(`#a = ${arrival}`);
};
