import { assess, capacity, fitsAll, type Limit } from './algorithms/limit.ts';
import type { SubjectState } from './algorithms/subject-state.ts';
import { bucketAttribute, delayMicros } from './algorithms/token-bucket.ts';
import type { Policy } from './policy.ts';

export type Reason =
  | 'allowed'
  | 'denied'
  | 'denied-by-cache'
  /** The store is down, and the insurance's smaller quota used up. */
  | 'denied-by-insurance'
  | 'shadowed'
  | 'failed-open'
  | 'failed-closed';

/** How one limit answered. Seconds are rounded up: who waits that long, alone, is admitted. */
export interface Verdict {
  readonly allowed: boolean;
  /** The limit's name, as in the RateLimit headers. */
  readonly policy: string;
  readonly limit: number;
  /** Of a limit that is stated over a window. */
  readonly windowSeconds?: number;
  readonly remaining: number;
  readonly resetSeconds: number;
  readonly retryAfterSeconds: number;
  readonly reason: Reason;
}

/** The answer to one request: the verdicts of all limits that it met, and what follows. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: Reason;
  /** The policy in force: the insurance's smaller one while the store is down. */
  readonly policy: Policy;
  readonly retryAfterSeconds: number;
  /** How long an allowed request is to wait for its turn; 0 unless a leaky bucket says more. */
  readonly delayMs: number;
  readonly verdicts: readonly Verdict[];
}

const toSeconds = (micros: number): number => Math.ceil(micros / 1e6);

/** The reason of one limit that has room, while another of the same decision may not. */
const reasonWithin = (reason: Reason): Reason => {
  if (reason === 'denied-by-insurance') return 'failed-open';
  return reason === 'denied' || reason === 'denied-by-cache' || reason === 'shadowed'
    ? 'allowed'
    : reason;
};

/** What a limit's verdicts have in common. */
export const statement = (limit: Limit): Pick<Verdict, 'policy' | 'limit' | 'windowSeconds'> => ({
  policy: limit.name,
  limit: 'limit' in limit ? limit.limit : capacity(limit),
  ...('windowSeconds' in limit && { windowSeconds: limit.windowSeconds }),
});

const delayOf = (limits: readonly Limit[], { numbers }: SubjectState, at: ReadAt): number => {
  const bucket = limits.find((limit) => limit.algorithm === 'leaky-bucket');
  if (bucket === undefined || at.charged === undefined) return 0;
  const arrival = numbers[bucketAttribute(bucket)] ?? 0;
  return Math.ceil(delayMicros(bucket, arrival, at.nowMicros, at.charged) / 1000);
};

/** Whether a request of this cost would be admitted; one that costs nothing always is. */
export const fits = (
  { limits }: Policy,
  state: SubjectState,
  { nowMicros, cost }: { readonly nowMicros: number; readonly cost: number },
): boolean => cost === 0 || fitsAll(limits, state, nowMicros, cost);

interface ReadAt {
  readonly nowMicros: number;
  /** What still has to fit: 0 for a request that is charged already. */
  readonly cost: number;
  /** What the request is charged, by this take or the one that it repeats. @default nothing */
  readonly charged?: number;
  /** The whole decision's. */
  readonly reason: Reason;
}

/** Reads a decision from a subject's state. */
export const decide = (policy: Policy, state: SubjectState, at: ReadAt): Decision => {
  const { nowMicros, cost, reason } = at;
  const allowed = reason === 'allowed' || reason === 'shadowed' || reason === 'failed-open';
  const verdicts = policy.limits.map((limit): Verdict => {
    const standing = assess(limit, state, nowMicros, cost);
    const hasRoom = cost === 0 || standing.fits;
    return {
      ...statement(limit),
      allowed: allowed || hasRoom,
      remaining: standing.remaining,
      resetSeconds: toSeconds(standing.resetMicros),
      retryAfterSeconds: hasRoom ? 0 : toSeconds(standing.retryAfterMicros),
      reason: hasRoom ? reasonWithin(reason) : reason,
    };
  });
  const retryAfterSeconds = Math.max(...verdicts.map((verdict) => verdict.retryAfterSeconds));
  // A shadow holds nobody up either.
  const delayMs = policy.mode === 'shadow' ? 0 : delayOf(policy.limits, state, at);
  return { allowed, reason, policy, retryAfterSeconds, delayMs, verdicts };
};

/** A refusal because the store is down and the policy is to fail closed. */
export const refuseClosed = (policy: Policy, retryAfterSeconds: number): Decision => ({
  allowed: false,
  reason: 'failed-closed',
  policy,
  retryAfterSeconds,
  delayMs: 0,
  verdicts: policy.limits.map((limit) => ({
    allowed: false,
    ...statement(limit),
    remaining: 0,
    resetSeconds: retryAfterSeconds,
    retryAfterSeconds,
    reason: 'failed-closed',
  })),
});
