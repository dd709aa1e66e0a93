import type { AttributeValue } from '@aws-sdk/client-dynamodb';
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

const readLeases = (map: Readonly<Record<string, AttributeValue>>): Leases =>
  Object.fromEntries(Object.entries(map).map(([id, { N }]) => [id, Number(N ?? 0)]));

/** Reads an item as DynamoDB answers it, each value with its type. */
export const readItem = (item: Readonly<Record<string, AttributeValue>> | undefined): LimitItem => {
  if (item === undefined) return emptyItem;
  const numbers: Record<string, number> = {};
  const idSets: Record<string, readonly string[]> = {};
  for (const [name, { N, SS }] of Object.entries(item)) {
    if (name === 'ttl') continue;
    if (N !== undefined) numbers[name] = Number(N);
    else if (SS !== undefined) idSets[name] = SS;
  }
  const leases = item.l?.M;
  return { numbers, idSets, leases: leases && readLeases(leases) };
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
