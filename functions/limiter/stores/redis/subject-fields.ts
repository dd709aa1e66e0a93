import { recordedCharges } from '../../algorithms/charge-records.ts';
import { idsAttribute, liveEpochs } from '../../algorithms/request-ids.ts';
import type { SubjectState } from '../../algorithms/subject-state.ts';

/**
 * Reads a subject's hash, given as field, value, field, value, …: `d_<epoch>` holds short ids with
 * blanks between them, `l_<short id>` the expiry of a lease, any other field a number.
 */
export const readFields = (fields: readonly string[], nowMicros: number): SubjectState => {
  const numbers: Record<string, number> = {};
  const leases: Record<string, number> = {};
  const ids: Record<string, readonly string[]> = {};
  for (let at = 0; at < fields.length; at += 2) {
    const [field = '', value = ''] = [fields[at], fields[at + 1]];
    if (field.startsWith('d_')) ids[field] = value.split(' ');
    else if (field.startsWith('l_')) leases[field.slice(2)] = Number(value);
    else numbers[field] = Number(value);
  }
  const requestIds = [
    ...liveEpochs(nowMicros).flatMap((epoch) => ids[idsAttribute(epoch)] ?? []),
    ...recordedCharges(numbers, nowMicros),
  ];
  return { numbers, requestIds, leases };
};
