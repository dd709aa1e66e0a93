import type { SubjectState } from './subject-state.ts';

/** How one limit stands towards one cost at one time. */
export interface Standing {
  readonly fits: boolean;
  /** Whole units that would fit now. */
  readonly remaining: number;
  /** Time until nothing is used any more. */
  readonly resetMicros: number;
  /** Time until the cost fits, if nobody else takes; 0 when it fits now. */
  readonly retryAfterMicros: number;
}

/** When units were taken, and the arrival time of the subject's bucket right after. */
export interface Receipt {
  readonly takenMicros: number;
  readonly arrivalMicros?: number | undefined;
}

/** One number of a subject, by its attribute. */
export type Entry = readonly [attribute: string, value: number];

/** What an algorithm knows of its limits; each has its own file. */
export interface Arithmetic<L> {
  /** The most units that one request may ever cost. */
  capacity(limit: L): number;
  /** Over which the limit is stated; a bucket's is the time it takes to refill. */
  windowMicros(limit: L): number;
  assess(limit: L, state: SubjectState, nowMicros: number, cost: number): Standing;
  /** The number that a cost which fits leaves behind; none where a lease is what is kept. */
  charge(limit: L, state: SubjectState, nowMicros: number, cost: number): Entry | undefined;
  /**
   * What giving back `units` of the `cost` that was charged subtracts; none where nothing of them is
   * owed any more.
   */
  refund(
    limit: L,
    receipt: Receipt,
    nowMicros: number,
    units: number,
    cost: number,
  ): Entry | undefined;
  /** From when on the state no longer matters, however much is charged now. */
  spentMicros(limit: L, nowMicros: number): number;
  /** The limit of one of `parts` equal shares, at least one unit each. */
  divide(limit: L, parts: number): L;
}

export const share = (units: number, parts: number): number =>
  Math.max(Math.floor(units / parts), 1);
