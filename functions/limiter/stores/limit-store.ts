import type { Receipt } from '../algorithms/arithmetic.ts';
import type { Limit } from '../algorithms/limit.ts';
import type { SubjectState } from '../algorithms/subject-state.ts';

export interface Charge {
  readonly key: string;
  readonly limits: readonly Limit[];
  /** At least 1, and within each limit's capacity. */
  readonly cost: number;
  readonly nowMicros: number;
  /**
   * Charged once, however often it is sent with the same cost. Names the lease of a concurrency
   * limit, which needs one; it is then known for as long as the lease is held.
   */
  readonly requestId?: string | undefined;
  /** Keep a record of the charge, so that any process can give it back. Needs a `requestId`. */
  readonly refundable?: boolean | undefined;
}

/** `duplicate`: this request was charged before. The state is the one after the decision. */
export interface StoreAnswer {
  readonly kind: 'charged' | 'duplicate' | 'denied';
  readonly state: SubjectState;
}

export interface Refund extends Pick<Charge, 'key' | 'limits' | 'nowMicros'> {
  readonly requestId: string;
  /** What the request was charged. */
  readonly cost: number;
  /** How many of these come back: 0 to `cost`. */
  readonly units: number;
  /**
   * From the answer to the charge. Then the request's id among the subject's ids is the proof, and
   * without one the record of a refundable charge; a refund uses either up.
   */
  readonly receipt?: Receipt | undefined;
}

export interface LeaseHold extends Pick<Charge, 'key' | 'limits' | 'nowMicros'> {
  readonly requestId: string;
}

/** Keeps subjects' state; charges all limits of a {@link Charge} at once or none. */
export interface LimitStore {
  /** @throws StoreThrottled, or whatever the technology throws */
  take(charge: Charge, signal?: AbortSignal): Promise<StoreAnswer>;
  peek(key: string, nowMicros: number, signal?: AbortSignal): Promise<SubjectState>;
  /** Once a charge, from the windows it charged and what its bucket still owes; false: unknown. */
  refund(refund: Refund, signal?: AbortSignal): Promise<boolean>;
  /** Ends a concurrency lease; false where it is not held. */
  release(hold: LeaseHold, signal?: AbortSignal): Promise<boolean>;
  /** Gives a live lease its full time again, from now; false where it is not held. */
  renew(hold: LeaseHold, signal?: AbortSignal): Promise<boolean>;
  /** Forgets the subject. */
  reset(key: string, signal?: AbortSignal): Promise<void>;
}

/** The store answered, at once, that it has too much to do: no reason to think that it is down. */
export class StoreThrottled extends Error {
  override readonly name = 'StoreThrottled';
}
