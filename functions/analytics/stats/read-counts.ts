import { prefixOf } from '../counts/bucket.ts';
import { type CountChunk, newestByUnit } from '../counts/chunk.ts';
import { decodeCounts } from '../counts/count-codec.ts';
import type { CountStore } from '../counts/count-store.ts';
import type { Ledger, LedgerStore } from '../counts/ledger.ts';
import type { LinkCounts } from '../counts/tally.ts';
import { type Level, periodOf, startOf, unitMinutes } from '../counts/unit.ts';

/** Times are epoch minutes. */
export interface CountRange {
  readonly workspace: string;
  readonly link: string;
  readonly from: number;
  readonly to: number;
  /** Every time that will be asked about is a multiple of it. */
  readonly resolution: number;
}

/** Levels above minutes tell quarter-hours apart at best. */
const coarsestMinutes = 15;

const startsIn = (level: Level, from: number, to: number): number[] => {
  const starts: number[] = [];
  for (let start = startOf(level, from); start < to; start += unitMinutes[level]) {
    starts.push(start);
  }
  return starts;
};

const partition = <T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] => [
  items.filter(test),
  items.filter((item) => !test(item)),
];

/**
 * The link's counts, from the coarsest items that are settled: days, else the hours of a day, else
 * the minutes of an hour. Some of the slots may lie outside the range.
 */
export const readCounts = async (
  { counts, ledgers }: { readonly counts: CountStore; readonly ledgers: LedgerStore },
  { workspace, link, from, to, resolution }: CountRange,
): Promise<LinkCounts[]> => {
  const ledger: Ledger = await ledgers.read(workspace);
  const prefixes = Array.from({ length: ledger.depth + 1 }, (_, depth) => prefixOf(link, depth));
  const used: CountChunk[] = [];

  /** The newest chunks of the link in units that start in [first, end), by start. */
  const read = async (
    level: Level,
    first: number,
    end: number,
  ): Promise<ReadonlyMap<number, CountChunk>> => {
    const starts = startsIn(level, first, end);
    const periods = new Map(
      starts.map((start) => {
        const period = periodOf({ workspace, level, start });
        return [period.start, period];
      }),
    );
    const slice = { from: starts[0] ?? 0, to: starts.at(-1) ?? 0 };
    const found = await Promise.all(
      [...periods.values()].flatMap((period) =>
        prefixes.map((prefix) => counts.readSlice(period, { prefix, ...slice })),
      ),
    );
    return newestByUnit(found.flat(), prefixes.at(-1) ?? '');
  };

  /** `coarse` is used where the finer level has expired. */
  const readMinutes = async (hour: number, coarse?: CountChunk): Promise<void> => {
    const end = Math.min(to, hour + unitMinutes.hour);
    const chunks = await read('minute', Math.max(from, hour), end);
    if (chunks.size > 0) used.push(...chunks.values());
    else if (coarse !== undefined) used.push(coarse);
  };
  const readHours = async (day: number, coarse?: CountChunk): Promise<void> => {
    const [first, end] = [Math.max(from, day), Math.min(to, day + unitMinutes.day)];
    const starts = startsIn('hour', first, end);
    if (resolution < coarsestMinutes) {
      await Promise.all(starts.map((hour) => readMinutes(hour)));
      return;
    }
    const [owedHours, countedHours] = partition(starts, (hour) => ledger.hours.has(hour));
    const [chunks] = await Promise.all([
      read('hour', first, end),
      ...owedHours.map((hour) => readMinutes(hour)),
    ]);
    if (chunks.size === 0 && coarse !== undefined) {
      used.push(coarse);
      return;
    }
    await Promise.all(
      countedHours.map(async (hour) => {
        const chunk = chunks.get(hour);
        if (chunk === undefined) return;
        if (chunk.slotMinutes <= resolution) used.push(chunk);
        else await readMinutes(hour, chunk);
      }),
    );
  };

  const owed = new Set(
    [...ledger.hours.keys()].map((hour) => startOf('day', hour)).concat([...ledger.days.keys()]),
  );
  const readDays = async (): Promise<void> => {
    const [owedDays, countedDays] = partition(
      startsIn('day', from, to),
      (day) => owed.has(day) || resolution < coarsestMinutes,
    );
    const [chunks] = await Promise.all([
      countedDays.length > 0 ? read('day', from, to) : new Map<number, CountChunk>(),
      ...owedDays.map((day) => readHours(day)),
    ]);
    await Promise.all(
      countedDays.map(async (day) => {
        const chunk = chunks.get(day);
        if (chunk === undefined) return;
        if (chunk.slotMinutes <= resolution) used.push(chunk);
        else await readHours(day, chunk);
      }),
    );
  };

  await readDays();
  return used.flatMap((chunk) => [
    ...decodeCounts(chunk.bytes, chunk.start, (each) => each === link).values(),
  ]);
};
