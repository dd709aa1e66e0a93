import { windowEndOfAttribute } from '../algorithms/fixed-window.ts';
import { epochOfAttribute, liveEpochs } from '../algorithms/request-ids.ts';
import type { SubjectState } from './limit-store.ts';

/** One subject's item: its numbers, and its sets of request ids, by attribute. */
export interface LimitItem {
  readonly numbers: Readonly<Record<string, number>>;
  readonly idSets: Readonly<Record<string, readonly string[]>>;
}

const emptyItem: LimitItem = { numbers: {}, idSets: {} };

/** Reads an item in the document client's form, or (as in a failed condition) DynamoDB's own. */
export const readItem = (item: Readonly<Record<string, unknown>> | undefined): LimitItem => {
  if (item === undefined) return emptyItem;
  const numbers: Record<string, number> = {};
  const idSets: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(item)) {
    if (name === 'ttl') continue;
    if (typeof value === 'number') numbers[name] = value;
    else if (value instanceof Set) idSets[name] = [...value];
    else if (typeof value === 'object' && value !== null) {
      if ('N' in value) numbers[name] = Number(value.N);
      else if ('SS' in value) idSets[name] = value.SS as string[];
    }
  }
  return { numbers, idSets };
};

export const toState = ({ numbers, idSets }: LimitItem, nowMicros: number): SubjectState => {
  const live = liveEpochs(nowMicros);
  const requestIds = Object.entries(idSets).flatMap(([name, ids]) =>
    live.includes(epochOfAttribute(name) ?? -1) ? ids : [],
  );
  return { numbers, requestIds };
};

/** What this process remembers of an item between two writes: enough to word the next one. */
export interface Sighting {
  readonly numbers: Readonly<Record<string, number>>;
  readonly idCounts: Readonly<Record<string, number>>;
}

export const toSighting = ({ numbers, idSets }: LimitItem): Sighting => ({
  numbers,
  idCounts: Object.fromEntries(Object.entries(idSets).map(([name, ids]) => [name, ids.length])),
});

/** A clock this far behind ours may still count in a window that is over for us. */
const skewMicros = 60e6;
/** A bucket of other parameters may still be in use by the previous deployment. */
const abandonedMicros = 3600e6;

/** Names of attributes that no process reads any more: the next write removes them. */
export const staleAttributes = (
  { numbers, idCounts }: Sighting,
  current: ReadonlySet<string>,
  nowMicros: number,
): readonly string[] => {
  const [oldestEpoch = 0] = liveEpochs(nowMicros);
  const isOver = (name: string, value: number): boolean => {
    const end = windowEndOfAttribute(name);
    return end === undefined ? value + abandonedMicros <= nowMicros : end + skewMicros <= nowMicros;
  };
  return [
    ...Object.entries(numbers)
      .filter(([name, value]) => !current.has(name) && isOver(name, value))
      .map(([name]) => name),
    ...Object.keys(idCounts).filter((name) => (epochOfAttribute(name) ?? Infinity) < oldestEpoch),
  ].slice(0, 20);
};
