import QuickLRU from 'quick-lru';
import { charge, fitsAll } from '../algorithms/limit.ts';
import { liveEpochs, mostIds, requestEpoch, shortId } from '../algorithms/request-ids.ts';
import { staleAttributes } from './limit-item.ts';
import type { LimitStore, SubjectState } from './limit-store.ts';

interface Subject {
  numbers: Record<string, number>;
  readonly ids: Map<number, Set<string>>;
}

const liveIds = ({ ids }: Subject, nowMicros: number): string[] =>
  liveEpochs(nowMicros).flatMap((epoch) => [...(ids.get(epoch) ?? [])]);

const remember = (subject: Subject, id: string, nowMicros: number): void => {
  const { ids } = subject;
  const live = liveEpochs(nowMicros);
  for (const epoch of ids.keys()) if (!live.includes(epoch)) ids.delete(epoch);
  const epoch = requestEpoch(nowMicros);
  if (liveIds(subject, nowMicros).length >= mostIds) return;
  ids.set(epoch, (ids.get(epoch) ?? new Set()).add(id));
};

/**
 * One process's own store: for tests, and as the insurance while the shared store is down. It keeps
 * at least `maxKeys` and at most twice as many subjects; one that is pushed out starts afresh.
 */
export const createMemoryLimitStore = ({ maxKeys = 50_000 } = {}): LimitStore => {
  const subjects = new QuickLRU<string, Subject>({ maxSize: maxKeys });
  const stateOf = (subject: Subject, nowMicros: number): SubjectState => ({
    numbers: subject.numbers,
    requestIds: liveIds(subject, nowMicros),
  });
  return {
    take: async ({ key, limits, cost, nowMicros, requestId }) => {
      const subject: Subject = subjects.get(key) ?? { numbers: {}, ids: new Map() };
      const read = (attribute: string) => subject.numbers[attribute];
      const id = requestId === undefined ? undefined : shortId(requestId);
      if (id !== undefined && liveIds(subject, nowMicros).includes(id)) {
        return { kind: 'duplicate', state: stateOf(subject, nowMicros) };
      }
      if (!fitsAll(limits, read, nowMicros, cost)) {
        return { kind: 'denied', state: stateOf(subject, nowMicros) };
      }
      const charged = new Map(limits.map((limit) => charge(limit, read, nowMicros, cost)));
      const { numbers } = subject;
      const stale = staleAttributes({ numbers, idCounts: {} }, new Set(charged.keys()), nowMicros);
      const kept = Object.entries(numbers).filter(([name]) => !stale.includes(name));
      subject.numbers = Object.fromEntries([...kept, ...charged]);
      if (id !== undefined) remember(subject, id, nowMicros);
      subjects.set(key, subject);
      return { kind: 'charged', state: stateOf(subject, nowMicros) };
    },
    peek: async (key, nowMicros) => {
      const subject = subjects.get(key);
      return subject ? stateOf(subject, nowMicros) : { numbers: {}, requestIds: [] };
    },
  };
};
