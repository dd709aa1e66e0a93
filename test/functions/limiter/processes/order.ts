import type { PolicyInput } from '../../../../functions/limiter/policy.ts';
import type { Settlement } from '../../../../functions/limiter/settlements.ts';
import type { Reason } from '../../../../functions/limiter/verdict.ts';

/** What befalls the calls that an order makes to the store. */
export interface Fate {
  /** The store does what it is asked, and its answer never arrives. */
  readonly answerLost?: boolean;
  /** The process is frozen for so long before it reads the answer. */
  readonly answersAfterMs?: number;
  /** Refunds reach the store twice, or only with the order `deliver`. */
  readonly refunds?: 'twice' | 'late';
}

export interface Order extends Fate {
  readonly call: 'take' | 'refund' | 'release' | 'close' | 'deliver';
  /** Orders of one run share a limiter in each process. */
  readonly run: string;
  /** What the process's clock shows. */
  readonly nowMs: number;
  readonly policy: PolicyInput;
  readonly key: string;
  readonly cost?: number;
  readonly requestId?: string;
}

export interface Answer {
  readonly allowed: boolean;
  readonly reason?: Reason;
  readonly retryAfterSeconds: number;
  readonly settlement?: Settlement;
  /** The process's clock when it had the answer. */
  readonly nowMs: number;
}
