import { type ClickClass, clickClasses } from '../../events/click.ts';
import {
  addTo,
  type LinkCounts,
  otherValue,
  splitKey,
  type Tally,
  type TupleDimension,
  tupleDimensions,
} from '../counts/tally.ts';
import type { StatsPlan } from './plan-stats.ts';
import { type Filter, type GroupDimension, unknownValue } from './stats-query.ts';

const classFields = {
  human: 'humans',
  bot: 'bots',
  unfurl: 'unfurls',
  prefetch: 'prefetches',
  head: 'heads',
  suspect: 'suspects',
} as const satisfies Record<ClickClass, string>;

/** `clicks` is the sum of all classes. */
export type ClassTotals = Record<'clicks' | (typeof classFields)[ClickClass], number>;

export interface GroupRow {
  readonly value: string;
  readonly clicks: number;
}

export interface StatsAnswer {
  readonly totals: ClassTotals;
  readonly series: readonly ClassTotals[];
  readonly groups: Readonly<Partial<Record<GroupDimension, readonly GroupRow[]>>>;
}

/** Rows of a group; the rarest beyond it are answered as one. */
const maxRows = 1000;

const noClicks = (): ClassTotals => ({
  clicks: 0,
  humans: 0,
  bots: 0,
  unfurls: 0,
  prefetches: 0,
  heads: 0,
  suspects: 0,
});

const isClass = (value: string): value is ClickClass => clickClasses.some((each) => each === value);

const addClass = (totals: ClassTotals, kind: string, count: number): void => {
  totals.clicks += count;
  if (isClass(kind)) totals[classFields[kind]] += count;
};

const passes = (value: string, { only, not }: Filter): boolean => {
  const shown = value || unknownValue;
  return (only.length === 0 || only.includes(shown)) && !not.includes(shown);
};

/** The bucket that a slot is in; -1 where it lies outside the range. */
const bucketOf = (boundaries: readonly number[], slot: number): number => {
  let [low, high] = [0, boundaries.length - 1];
  if (slot < (boundaries[low] ?? 0) || slot >= (boundaries[high] ?? 0)) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (slot < (boundaries[middle] ?? 0)) high = middle;
    else low = middle;
  }
  return low;
};

const toRows = (tally: Tally): GroupRow[] => {
  const rows = [...tally]
    .map(([value, clicks]) => ({ value: value || unknownValue, clicks }))
    .filter(({ clicks }) => clicks > 0)
    .sort((left, right) => right.clicks - left.clicks || (left.value < right.value ? -1 : 1));
  if (rows.length <= maxRows) return rows;
  const rest = rows.slice(maxRows - 1).reduce((sum, { clicks }) => sum + clicks, 0);
  return [...rows.slice(0, maxRows - 1), { value: otherValue, clicks: rest }];
};

/** Filters, sums and groups a link's counts as the plan asks. */
export const countAnswer = (
  { boundaries, filters, groupBy }: StatsPlan,
  counts: readonly LinkCounts[],
): StatsAnswer => {
  const series = boundaries.slice(1).map(noClicks);
  const groups = new Map<GroupDimension, Tally>(groupBy.map((name) => [name, new Map()]));
  const columnOf = (name: string): number => tupleDimensions.indexOf(name as TupleDimension);
  const checks = [...filters].map(([name, filter]) => ({ column: columnOf(name), filter }));
  const grouped = [...groups].map(([name, tally]) => ({ column: columnOf(name), tally }));
  const classFilter = filters.get('class') ?? { only: [], not: [] };

  for (const { tuples } of counts) {
    for (const [key, count] of tuples) {
      const { slot, values } = splitKey(key);
      const totals = series[bucketOf(boundaries, slot)];
      if (totals === undefined) continue;
      if (!checks.every(({ column, filter }) => passes(values[column] ?? '', filter))) continue;
      addClass(totals, values[0] ?? '', count);
      // Details are grouped below; all clicks count as unknown until then.
      for (const { column, tally } of grouped) addTo(tally, values[column] ?? '', count);
    }
  }
  for (const { details } of counts) {
    for (const [key, count] of details) {
      const { slot, values } = splitKey(key);
      const [kind = '', name = '', value = ''] = values;
      const tally = groups.get(name as GroupDimension);
      if (tally === undefined || bucketOf(boundaries, slot) < 0) continue;
      if (!passes(kind, classFilter)) continue;
      addTo(tally, value, count);
      addTo(tally, '', -count);
    }
  }
  const totals = noClicks();
  for (const bucket of series) {
    for (const field of Object.keys(totals) as (keyof ClassTotals)[])
      totals[field] += bucket[field];
  }
  const rows = [...groups].map(([name, tally]) => [name, toRows(tally)]);
  return { totals, series, groups: Object.fromEntries(rows) };
};
