import { assess, fitsAll } from './algorithms/limit.ts';
import type { ReadNumber, Standing } from './algorithms/standing.ts';
import type { Policy } from './policy.ts';

export type Reason =
  | 'allowed'
  | 'denied'
  | 'denied-by-cache'
  | 'shadowed'
  | 'failed-open'
  | 'failed-closed';

/** How one limit answered. Seconds are rounded up: who waits that long, alone, is admitted. */
export interface Verdict {
  readonly allowed: boolean;
  /** The limit's name, as in the RateLimit headers. */
  readonly policy: string;
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
  readonly retryAfterSeconds: number;
  readonly reason: Reason;
}

/** The answer to one request: the verdicts of all limits of its policy, and what follows. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: Reason;
  /** The policy in force: the insurance's smaller one while the store is down. */
  readonly policy: Policy;
  readonly retryAfterSeconds: number;
  readonly verdicts: readonly Verdict[];
}

const toSeconds = (micros: number): number => Math.ceil(micros / 1e6);

/** The reason of one limit that has room, while another of the same decision may not. */
const reasonWithin = (reason: Reason): Reason =>
  reason === 'denied' || reason === 'denied-by-cache' || reason === 'shadowed' ? 'allowed' : reason;

/** Whether a request of this cost would be admitted. */
export const fits = (
  { limits }: Policy,
  read: ReadNumber,
  { nowMicros, cost }: { readonly nowMicros: number; readonly cost: number },
): boolean => fitsAll(limits, read, nowMicros, cost);

/**
 * Reads a decision from a subject's state. `cost` is what still has to fit: 0 for a request that
 * is charged already. `reason` is the whole decision's.
 */
export const decide = (
  policy: Policy,
  read: ReadNumber,
  {
    nowMicros,
    cost,
    reason,
  }: {
    readonly nowMicros: number;
    readonly cost: number;
    readonly reason: Reason;
  },
): Decision => {
  const allowed = reason === 'allowed' || reason === 'shadowed' || reason === 'failed-open';
  const verdicts = policy.limits.map((limit): Verdict => {
    const standing: Standing = assess(limit, read, nowMicros, cost);
    const hasRoom = cost === 0 || standing.fits;
    return {
      allowed: allowed || hasRoom,
      policy: limit.name,
      limit: limit.algorithm === 'token-bucket' ? limit.burst : limit.limit,
      remaining: standing.remaining,
      resetSeconds: toSeconds(standing.resetMicros),
      retryAfterSeconds: hasRoom ? 0 : toSeconds(standing.retryAfterMicros),
      reason: hasRoom ? reasonWithin(reason) : reason,
    };
  });
  const retryAfterSeconds = Math.max(...verdicts.map((verdict) => verdict.retryAfterSeconds));
  return { allowed, reason, policy, retryAfterSeconds, verdicts };
};

/** A refusal because the store is down and the policy is to fail closed. */
export const refuseClosed = (policy: Policy, retryAfterSeconds: number): Decision => ({
  allowed: false,
  reason: 'failed-closed',
  policy,
  retryAfterSeconds,
  verdicts: policy.limits.map((limit) => ({
    allowed: false,
    policy: limit.name,
    limit: limit.algorithm === 'token-bucket' ? limit.burst : limit.limit,
    remaining: 0,
    resetSeconds: retryAfterSeconds,
    retryAfterSeconds,
    reason: 'failed-closed',
  })),
});
