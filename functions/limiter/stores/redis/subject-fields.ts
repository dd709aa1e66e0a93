import { recordedCharges } from '../../algorithms/charge-records.ts';
import { idsAttribute, liveEpochs } from '../../algorithms/request-ids.ts';
import type { SubjectState } from '../../algorithms/subject-state.ts';

/**
 * Reads what a script answers: its kind, then field, value, field, value, …. `d_<epoch>` holds short
 * ids with blanks between them, `l_<short id>` the expiry of a lease, any other field a number.
 */
export const readAnswer = (reply: unknown, nowMicros: number) => {
  // A client may be set to answer in buffers.
  const [kind = '', ...lines] = String(reply).split('\n');
  const numbers: Record<string, number> = {};
  const leases: Record<string, number> = {};
  const ids: Record<string, string> = {};
  for (let at = 0; at < lines.length; at += 2) {
    const [field = '', value = ''] = [lines[at], lines[at + 1]];
    if (field.startsWith('d_')) ids[field] = value;
    else if (field.startsWith('l_')) leases[field.slice(2)] = Number(value);
    else numbers[field] = Number(value);
  }
  const state: SubjectState = {
    numbers,
    leases,
    // Up to 128 words, which only refusals need.
    get requestIds() {
      const words = liveEpochs(nowMicros).map((epoch) => ids[idsAttribute(epoch)]);
      return [
        ...words.flatMap((each) => each?.split(' ') ?? []),
        ...recordedCharges(numbers, nowMicros),
      ];
    },
  };
  return { kind, state };
};
