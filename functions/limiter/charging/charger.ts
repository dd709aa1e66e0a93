import type { Outcome, Request } from '../outcome.ts';

/** A way to charge one subject's limits. */
export interface Charger {
  /** Whether a retry is known wherever it arrives; else only in the process that it reached first. */
  readonly knowsRetries: boolean;
  /** The refusal of a request that this process knows to have no room; charges nothing. */
  refusal(request: Request): Outcome | undefined;
  take(request: Request): Promise<Outcome>;
}
