import { isStaleRecord } from '../algorithms/charge-records.ts';

/** A clock this far behind ours may still count in a window that is over for us. */
const skewMicros = 60e6;
/** A bucket of other parameters may still be in use by the previous deployment. */
const abandonedMicros = 3600e6;

/** When a window's count no longer matters: a sliding window is in sight for one window more. */
const windowEndOf = (attribute: string): number | undefined => {
  const [, kind, seconds, index] = /^([ws])_(\d+)_(\d+)$/.exec(attribute) ?? [];
  if (kind === undefined) return undefined;
  return (Number(index) + (kind === 's' ? 2 : 1)) * Number(seconds) * 1e6;
};

/** Names of a subject's numbers that no process reads any more: the next write removes them. */
export const staleNumbers = (
  numbers: Readonly<Record<string, number>>,
  current: ReadonlySet<string>,
  nowMicros: number,
): readonly string[] =>
  Object.entries(numbers).flatMap(([name, value]) => {
    if (current.has(name)) return [];
    const end = windowEndOf(name);
    if (end !== undefined) return end + skewMicros <= nowMicros ? [name] : [];
    if (/^[ra]_/.test(name)) return isStaleRecord(numbers, name, nowMicros) ? [name] : [];
    return value + abandonedMicros <= nowMicros ? [name] : [];
  });
