import { attributeNames, minuteMs, type RecordedClick } from '../segments/recorded-click.ts';

/** Counted together, so that any cross-filter over them is exact. */
export const tupleDimensions = [
  'class',
  'trigger',
  'country',
  'device',
  'browser',
  'os',
  'channel',
  'source',
] as const;

/** Counted one by one, each with the class. */
export const detailDimensions = ['region', 'city', 'language', 'refHost'] as const;

export type TupleDimension = (typeof tupleDimensions)[number];

/** Clicks by key; see {@link tupleKey} and {@link detailKey}. */
export type Tally = Map<string, number>;

/** Sparse counts of one link. Slots are epoch minutes, at first of the minute itself. */
export interface LinkCounts {
  /** Keys are the slot and the values of {@link tupleDimensions}; empty where unknown. */
  readonly tuples: Tally;
  /** Keys are the slot, the class, a {@link detailDimensions} and its value, which is never empty. */
  readonly details: Tally;
}

export type Counts = Map<string, LinkCounts>;

const separator = '\u001f';

export const joinKey = (slot: number, values: readonly string[]): string =>
  `${slot}${separator}${values.join(separator)}`;

export const splitKey = (key: string): { readonly slot: number; readonly values: string[] } => {
  const [slot, ...values] = key.split(separator);
  return { slot: Number(slot), values };
};

export const addTo = (tally: Tally, key: string, count: number): void => {
  tally.set(key, (tally.get(key) ?? 0) + count);
};

export const countsOf = (counts: Counts, link: string): LinkCounts => {
  const known = counts.get(link);
  if (known !== undefined) return known;
  const fresh: LinkCounts = { tuples: new Map(), details: new Map() };
  counts.set(link, fresh);
  return fresh;
};

const tupleColumns = tupleDimensions.map((name) => attributeNames.indexOf(name));
const detailColumns = detailDimensions.map((name) => [name, attributeNames.indexOf(name)] as const);
const classColumn = attributeNames.indexOf('class');

/** Counts clicks that are distinct already, each at its minute. */
export const tallyClicks = (clicks: Iterable<RecordedClick>): Counts => {
  const counts: Counts = new Map();
  for (const { link, ts, attributes } of clicks) {
    const slot = Math.floor(ts / minuteMs);
    const { tuples, details } = countsOf(counts, link);
    addTo(
      tuples,
      joinKey(
        slot,
        tupleColumns.map((column) => attributes[column] ?? ''),
      ),
      1,
    );
    for (const [name, column] of detailColumns) {
      const value = attributes[column];
      if (!value) continue;
      addTo(details, joinKey(slot, [attributes[classColumn] ?? '', name, value]), 1);
    }
  }
  return counts;
};

const addAll = (target: Tally, source: Tally, slotMinutes: number): void => {
  for (const [key, count] of source) {
    const end = key.indexOf(separator);
    const slot = Number(key.slice(0, end));
    addTo(target, `${slot - (slot % slotMinutes)}${key.slice(end)}`, count);
  }
};

/** Adds `source` to `target`, its slots widened to `slotMinutes`. */
export const mergeCounts = (target: Counts, source: Counts, slotMinutes: number): void => {
  for (const [link, { tuples, details }] of source) {
    const merged = countsOf(target, link);
    addAll(merged.tuples, tuples, slotMinutes);
    addAll(merged.details, details, slotMinutes);
  }
};

/** Stands for all values of a detail beyond {@link maxDetailValues}. */
export const otherValue = 'other';

/** Values of one detail that a link keeps apart in one unit: anybody can make referrers up. */
export const maxDetailValues = 1000;

/** Folds the rarest values of each detail into one, the same ones whoever does it. */
export const limitDetails = (details: Tally, limit = maxDetailValues): Tally => {
  const totals = new Map<string, Tally>();
  for (const [key, count] of details) {
    const { values } = splitKey(key);
    const [, name = '', value = ''] = values;
    const byValue = totals.get(name) ?? new Map();
    totals.set(name, byValue);
    addTo(byValue, value, count);
  }
  if ([...totals.values()].every(({ size }) => size <= limit)) return details;
  const kept = new Map(
    [...totals].map(([name, byValue]) => [
      name,
      new Set(
        [...byValue]
          .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
          .slice(0, byValue.size <= limit ? limit : limit - 1)
          .map(([value]) => value),
      ),
    ]),
  );
  const limited: Tally = new Map();
  for (const [key, count] of details) {
    const { slot, values } = splitKey(key);
    const [kind = '', name = '', value = ''] = values;
    const shown = kept.get(name)?.has(value) ? value : otherValue;
    addTo(limited, joinKey(slot, [kind, name, shown]), count);
  }
  return limited;
};
