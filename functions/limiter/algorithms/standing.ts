/** Reads one number of a subject's state by its attribute's name. */
export type ReadNumber = (attribute: string) => number | undefined;

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
