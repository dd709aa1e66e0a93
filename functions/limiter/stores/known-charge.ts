import { concurrencyOf } from '../algorithms/limit.ts';
import { chargeId, shortId } from '../algorithms/request-ids.ts';
import type { SubjectState } from '../algorithms/subject-state.ts';
import type { Charge } from './limit-store.ts';

/** Whether the state shows that this request is charged, or holds its lease, already. */
export const isKnown = (
  { requestIds, leases }: SubjectState,
  { limits, requestId, cost, nowMicros }: Charge,
): boolean => {
  if (requestId === undefined) return false;
  return concurrencyOf(limits) === undefined
    ? requestIds.includes(chargeId(requestId, cost))
    : (leases[shortId(requestId)] ?? 0) > nowMicros;
};
