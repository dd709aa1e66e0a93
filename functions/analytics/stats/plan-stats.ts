import { type FieldError, validationFailed } from '../../kernel/errors.ts';
import { detailDimensions, type TupleDimension, tupleDimensions } from '../counts/tally.ts';
import type { Filter, GroupDimension, StatsQuery } from './stats-query.ts';
import type { Interval, TimeZone } from './time-zone.ts';

/** A question about one link, ready to be read and counted. Times are epoch minutes. */
export interface StatsPlan {
  readonly zone: TimeZone;
  readonly interval: Interval;
  /** Where the buckets start; the last one is the end. */
  readonly boundaries: readonly [number, number, ...number[]];
  readonly filters: ReadonlyMap<TupleDimension, Filter>;
  readonly groupBy: readonly GroupDimension[];
}

const minuteMs = 60_000;
const hourMinutes = 60;
const dayMinutes = 1440;

const defaultMinutes: Readonly<Record<Interval, number>> = {
  minute: hourMinutes,
  hour: dayMinutes,
  day: 30 * dayMinutes,
  month: 365 * dayMinutes,
};

/** A range of more is refused: what one question may read is bounded. */
export const maxBuckets: Readonly<Record<Interval, number>> = {
  minute: 1440,
  hour: 800,
  day: 400,
  month: 60,
};

/** For how long minutes are told apart. */
const minutesKept = 7 * dayMinutes;

const earliest = Date.UTC(2020, 0) / minuteMs;

const defaultGroups: readonly GroupDimension[] = [
  'country',
  'refHost',
  'browser',
  'os',
  'device',
  'class',
];

const isDetail = (name: GroupDimension): boolean => detailDimensions.some((each) => each === name);

const refuse = (field: string, code: string, detail: string): never => {
  const error: FieldError = { field, code, detail };
  throw validationFailed([error]);
};

const toMinute = (text: string, zone: TimeZone, round: (value: number) => number): number => {
  const minute = round(Date.parse(text) / minuteMs);
  return text.length > 10 ? minute : zone.startOfDate(minute / dayMinutes);
};

const requireBetween = (field: string, minute: number, latest: number): void => {
  if (minute >= earliest && minute <= latest) return;
  refuse(field, 'out-of-range', 'must lie between 2020-01-01 and a year from now');
};

/**
 * Widens the range to whole buckets. Without `to` it ends now, without `from` it is an hour, a day,
 * 30 days or a year long.
 * @throws AppError `validation-failed`
 */
export const planStats = (query: StatsQuery, nowMs: number): StatsPlan => {
  const { tz: zone, interval } = query;
  const now = Math.ceil((nowMs + 1) / minuteMs);
  const latest = now + 366 * dayMinutes;
  const to = query.to === undefined ? now : toMinute(query.to, zone, Math.ceil);
  requireBetween('to', to, latest);
  const from =
    query.from === undefined
      ? to - defaultMinutes[interval]
      : toMinute(query.from, zone, Math.floor);
  requireBetween('from', from, latest);
  if (from >= to) refuse('from', 'out-of-range', 'must be earlier than "to"');
  if (interval === 'minute' && from < now - minutesKept) {
    refuse('from', 'out-of-range', 'minutes are kept for 7 days; ask for another interval');
  }
  const start = zone.startOf(interval, from);
  const boundaries: [number, number, ...number[]] = [start, zone.next(interval, start)];
  for (let last = boundaries[1]; last < to; boundaries.push(last)) {
    if (boundaries.length > maxBuckets[interval]) {
      refuse('from', 'range-too-long', `at most ${maxBuckets[interval]} intervals are answered`);
    }
    last = zone.next(interval, last);
  }
  const filters = new Map(
    tupleDimensions.flatMap((name) => {
      const filter = query[name];
      return filter === undefined ? [] : [[name, filter] as const];
    }),
  );
  return { zone, interval, boundaries, filters, groupBy: groupsOf(query, filters) };
};

/** Cities, referrers and the like are counted with the class alone. */
const groupsOf = (
  { groupBy }: StatsQuery,
  filters: ReadonlyMap<TupleDimension, Filter>,
): readonly GroupDimension[] => {
  const crossing = [...filters.keys()].filter((name) => name !== 'class');
  if (crossing.length === 0) return groupBy ?? defaultGroups;
  if (groupBy === undefined) return defaultGroups.filter((name) => !isDetail(name));
  const details = groupBy.filter(isDetail);
  if (details.length > 0) {
    refuse(
      'groupBy',
      'not-combinable',
      `${details.join(', ')} can be filtered by class only, not by ${crossing.join(', ')}`,
    );
  }
  return groupBy;
};
