import type { Limit } from '../algorithms/limit.ts';

/** What is known of a subject: numbers by attribute, and the requests charged of late. */
export interface SubjectState {
  readonly numbers: Readonly<Record<string, number>>;
  /** Short ids of requests in the live epochs. */
  readonly requestIds: readonly string[];
}

export interface Charge {
  readonly key: string;
  readonly limits: readonly Limit[];
  /** At least 1, and within each limit's capacity. */
  readonly cost: number;
  readonly nowMicros: number;
  /** Charged once, however often it is sent. */
  readonly requestId?: string | undefined;
}

/** `duplicate`: this request was charged before. The state is the one after the decision. */
export interface StoreAnswer {
  readonly kind: 'charged' | 'duplicate' | 'denied';
  readonly state: SubjectState;
}

/** Keeps subjects' state; charges all limits of a {@link Charge} at once or none. */
export interface LimitStore {
  /** @throws StoreThrottled, or whatever the technology throws */
  take(charge: Charge, signal?: AbortSignal): Promise<StoreAnswer>;
  peek(key: string, nowMicros: number, signal?: AbortSignal): Promise<SubjectState>;
}

/** The store answered, at once, that it has too much to do: no reason to think that it is down. */
export class StoreThrottled extends Error {
  override readonly name = 'StoreThrottled';
}
