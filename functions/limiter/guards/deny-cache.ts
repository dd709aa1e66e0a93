import QuickLRU from 'quick-lru';
import { fitsAll } from '../algorithms/limit.ts';
import { chargeId } from '../algorithms/request-ids.ts';
import type { SubjectState } from '../algorithms/subject-state.ts';
import type { Policy } from '../policy.ts';
import { countsOf } from './remembered-state.ts';

export interface DenyCacheQuery {
  readonly policy: Policy;
  readonly cost: number;
  readonly nowMicros: number;
  readonly requestId?: string | undefined;
  /** Whether takes of this subject are undone when another subject refuses. */
  readonly mayGoBack?: boolean | undefined;
}

/** For so long a denial is believed, where units do or do not come back before their time. */
export const denialHoldMs = (comesBack: boolean): number => (comesBack ? 1000 : 30_000);

/**
 * How long a denial may outlive what others change. Leases are released at any time: never kept.
 * Units that can be given back make a subject fit early, and so does a reset.
 */
const holdMs = ({ policy: { limits, refundable }, mayGoBack }: DenyCacheQuery): number => {
  if (limits.some(({ algorithm }) => algorithm === 'concurrency')) return 0;
  return denialHoldMs(refundable || mayGoBack === true);
};

export interface DenyCache {
  /** The state that refuses this request, or undefined when only the store can tell. */
  find(key: string, query: DenyCacheQuery): SubjectState | undefined;
  keep(key: string, state: SubjectState, nowMicros: number): void;
  forget(key: string): void;
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
}: {
  /** At most twice as many are held. @default 5,000 */
  readonly maxKeys?: number;
} = {}): DenyCache => {
  interface Entry {
    readonly numbers: SubjectState['numbers'];
    /** One string, as it takes a quarter of an array's memory. */
    readonly requestIds: string;
    readonly keptMicros: number;
  }
  const entries = new QuickLRU<string, Entry>({ maxSize: maxKeys });
  const keep = (key: string, state: SubjectState, keptMicros: number) => {
    const requestIds = state.requestIds.map((id) => `${id},`).join('');
    entries.set(key, { numbers: countsOf(state).numbers, requestIds, keptMicros });
  };
  return {
    find: (key, query) => {
      const { policy, cost, nowMicros, requestId } = query;
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      const state = { numbers: entry.numbers, requestIds: [], leases: {} };
      const isOld = nowMicros - entry.keptMicros >= holdMs(query) * 1000;
      if (isOld || fitsAll(policy.limits, state, nowMicros, cost)) return undefined;
      if (requestId !== undefined && entry.requestIds.includes(`${chargeId(requestId, cost)},`)) {
        return undefined;
      }
      return state;
    },
    forget: (key) => {
      entries.delete(key);
    },
    keep,
    refresh: (key, state, nowMicros) => {
      if (entries.has(key)) keep(key, state, nowMicros);
    },
  };
};
