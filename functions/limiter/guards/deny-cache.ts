import QuickLRU from 'quick-lru';
import { fitsAll, type Limit } from '../algorithms/limit.ts';
import { shortId } from '../algorithms/request-ids.ts';
import type { SubjectState } from '../stores/limit-store.ts';

export interface DenyCacheQuery {
  readonly limits: readonly Limit[];
  readonly cost: number;
  readonly nowMicros: number;
  readonly requestId?: string | undefined;
}

export interface DenyCache {
  /** The state that refuses this request, or undefined when only the store can tell. */
  find(key: string, query: DenyCacheQuery): SubjectState | undefined;
  keep(key: string, state: SubjectState, nowMicros: number): void;
  /** A smaller cost was charged to the subject: if it is kept, keep what is owed now. */
  refresh(key: string, state: SubjectState, nowMicros: number): void;
}

/**
 * The state that the store last refused on. Since others only take, what does not fit that state
 * does not fit the store's; time is part of the arithmetic, so an entry ends by itself. A request
 * that the state lists as charged goes to the store: its retry is not refused here. What other
 * processes charge meanwhile for smaller costs stays unknown, and the time to wait too short by it.
 */
export const createDenyCache = ({
  maxKeys = 5_000,
  maxHoldMs = Number.POSITIVE_INFINITY,
}: {
  /** At most twice as many are held. @default 5,000 */
  readonly maxKeys?: number;
  /** For policies whose units others may give back. @default unlimited */
  readonly maxHoldMs?: number;
} = {}): DenyCache => {
  interface Entry {
    readonly numbers: SubjectState['numbers'];
    /** One string, as it takes a quarter of an array's memory. */
    readonly requestIds: string;
    readonly keptMicros: number;
  }
  const entries = new QuickLRU<string, Entry>({ maxSize: maxKeys });
  const keep = (key: string, { numbers, requestIds }: SubjectState, keptMicros: number) => {
    const joined = requestIds.map((id) => `${id},`).join('');
    entries.set(key, { numbers, requestIds: joined, keptMicros });
  };
  return {
    find: (key, { limits, cost, nowMicros, requestId }) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      const read = (attribute: string) => entry.numbers[attribute];
      const isOld = nowMicros - entry.keptMicros >= maxHoldMs * 1000;
      if (isOld || fitsAll(limits, read, nowMicros, cost)) return undefined;
      if (requestId !== undefined && entry.requestIds.includes(`${shortId(requestId)},`)) {
        return undefined;
      }
      return { numbers: entry.numbers, requestIds: [] };
    },
    keep,
    refresh: (key, state, nowMicros) => {
      if (entries.has(key)) keep(key, state, nowMicros);
    },
  };
};
