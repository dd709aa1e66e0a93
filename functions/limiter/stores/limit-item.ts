import { chargeOfAttribute, recordedCharges } from '../algorithms/charge-records.ts';
import { epochOfAttribute, liveEpochs } from '../algorithms/request-ids.ts';
import type { SubjectState } from '../algorithms/subject-state.ts';
import { staleNumbers } from './stale-attributes.ts';

/** Expiry by short id. */
export type Leases = Readonly<Record<string, number>>;

/** One subject's item: its numbers and its sets of ids, by attribute, and its map of leases. */
export interface LimitItem {
  readonly numbers: Readonly<Record<string, number>>;
  readonly idSets: Readonly<Record<string, readonly string[]>>;
  /** Undefined where the item has no map, which is not the same as an empty one. */
  readonly leases: Leases | undefined;
}

const emptyItem: LimitItem = { numbers: {}, idSets: {}, leases: undefined };

const readNumber = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  const isRaw = typeof value === 'object' && value !== null && 'N' in value;
  return isRaw ? Number(value.N) : undefined;
};

const readIds = (value: unknown): readonly string[] | undefined => {
  if (value instanceof Set) return [...value];
  const isRaw = typeof value === 'object' && value !== null && 'SS' in value;
  return isRaw ? (value.SS as string[]) : undefined;
};

const readLeases = (value: unknown): Leases => {
  const map = typeof value === 'object' && value !== null ? value : {};
  const entries = Object.entries('M' in map ? (map.M as object) : map);
  return Object.fromEntries(entries.map(([id, expiry]) => [id, readNumber(expiry) ?? 0]));
};

/** Reads an item in the document client's form, or (as in a failed condition) DynamoDB's own. */
export const readItem = (item: Readonly<Record<string, unknown>> | undefined): LimitItem => {
  if (item === undefined) return emptyItem;
  const numbers: Record<string, number> = {};
  const idSets: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(item)) {
    if (name === 'ttl' || name === 'l') continue;
    const number = readNumber(value);
    const ids = readIds(value);
    if (number !== undefined) numbers[name] = number;
    else if (ids !== undefined) idSets[name] = ids;
  }
  return { numbers, idSets, leases: item.l === undefined ? undefined : readLeases(item.l) };
};

export const toState = (
  { numbers, idSets, leases = {} }: LimitItem,
  nowMicros: number,
): SubjectState => {
  const live = liveEpochs(nowMicros);
  const requestIds = Object.entries(idSets).flatMap(([name, ids]) =>
    live.includes(epochOfAttribute(name) ?? -1) ? ids : [],
  );
  return { numbers, requestIds: [...requestIds, ...recordedCharges(numbers, nowMicros)], leases };
};

/** What this process remembers of an item between two writes: enough to word the next one. */
export interface Sighting {
  /** Of the records only the oldest, which the next write may have to remove. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly idCounts: Readonly<Record<string, number>>;
  /** When the recorded charges were made. */
  readonly takenMicros: readonly number[];
  readonly leases: Leases | undefined;
}

export const unseen: Sighting = { numbers: {}, idCounts: {}, takenMicros: [], leases: undefined };

const mostRemoved = 20;

export const toSighting = ({ numbers, idSets, leases }: LimitItem): Sighting => {
  const entries = Object.entries(numbers);
  const taken = entries.filter(([name]) => name.startsWith('r_')).sort(([, a], [, b]) => a - b);
  const oldest = new Set(taken.slice(0, mostRemoved / 2).map(([name]) => name.slice(2)));
  const isKept = (name: string): boolean => {
    const charge = chargeOfAttribute(name);
    return charge === undefined || oldest.has(charge) || !(`r_${charge}` in numbers);
  };
  return {
    numbers: Object.fromEntries(entries.filter(([name]) => isKept(name))),
    idCounts: Object.fromEntries(Object.entries(idSets).map(([name, ids]) => [name, ids.length])),
    takenMicros: taken.map(([, takenMicros]) => takenMicros),
    leases,
  };
};

/** Names of attributes that no process reads any more: the next write removes them. */
export const staleAttributes = (
  { numbers, idCounts }: Sighting,
  current: ReadonlySet<string>,
  nowMicros: number,
): readonly string[] => {
  const [oldestEpoch = 0] = liveEpochs(nowMicros);
  return [
    ...staleNumbers(numbers, current, nowMicros),
    ...Object.keys(idCounts).filter((name) => (epochOfAttribute(name) ?? Infinity) < oldestEpoch),
  ].slice(0, mostRemoved);
};
