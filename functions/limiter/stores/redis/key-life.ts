import { recordMicros } from '../../algorithms/charge-records.ts';
import { type Limit, spentMicros } from '../../algorithms/limit.ts';

/** Clocks differ, and retries look back 90 s: a key outlives its last limit by this much. */
const graceMs = 120_000;

/**
 * How long a key is to live at least: a time to live, not a time of day, as the server's clock need
 * not be ours. The scripts never shorten a key's life: another deployment's windows may be longer.
 */
export const keepMs = (
  limits: readonly Limit[],
  nowMicros: number,
  isRecorded: boolean,
): number => {
  const spent = spentMicros(limits, nowMicros) - nowMicros;
  return Math.ceil(Math.max(spent, isRecorded ? recordMicros : 0) / 1000) + graceMs;
};
