import type { SubjectState } from './algorithms/subject-state.ts';
import type { Insurance } from './guards/insurance.ts';
import type { CountMetric } from './metric.ts';
import type { Policy } from './policy.ts';
import { type Decision, decide, refuseClosed } from './verdict.ts';

/** One request towards one policy. */
export interface Request {
  readonly policy: Policy;
  /** The subject's key in the store. */
  readonly key: string;
  readonly cost: number;
  readonly nowMicros: number;
  readonly requestId?: string | undefined;
  /** Whether other subjects are charged with it, so that its units may come back any moment. */
  readonly mayGoBack?: boolean | undefined;
}

/** A decision, and whether units were taken for it just now. */
export interface Outcome {
  readonly decision: Decision;
  readonly charged: boolean;
  /** Whether the request is known to have been charged before. */
  readonly isRepeat?: boolean;
  /** The subject's state after it, where the store told it. */
  readonly state?: SubjectState;
  /** Gives them back, for a request that is refused elsewhere. */
  readonly undo?: ((nowMicros: number) => Promise<void>) | undefined;
}

export interface StoreFailure {
  readonly cause: unknown;
  readonly retryAfterMs: number;
}

/** What follows when a subject has no room: a refusal, or in shadow mode a count of one. */
export const refuse = (
  { policy, cost, nowMicros }: Request,
  state: SubjectState,
  reason: 'denied' | 'denied-by-cache',
  count: CountMetric,
): Outcome => {
  if (policy.mode === 'shadow') {
    count('LimiterShadowed', policy.name);
    const decision = decide(policy, state, { nowMicros, cost, reason: 'shadowed' });
    return { decision, charged: false, state };
  }
  count(reason === 'denied' ? 'LimiterDenied' : 'LimiterDeniedByCache', policy.name);
  const decision = decide(policy, state, { nowMicros, cost, reason });
  return { decision, charged: false, state };
};

const failsClosed = ({ onFailure, mode }: Policy): boolean =>
  onFailure === 'closed' && mode === 'enforce';

/** A refusal with 503, for policies that are to fail closed. */
export const failClosed = (
  policy: Policy,
  { cause, retryAfterMs }: StoreFailure,
  count: CountMetric,
): Decision | undefined => {
  if (!failsClosed(policy)) return undefined;
  count('LimiterFailedClosed', policy.name, cause);
  return refuseClosed(policy, Math.max(Math.ceil(retryAfterMs / 1000), 1));
};

/** What follows when the store did not answer, as the policy says. */
export const fail = async (
  { policy, ...charge }: Request,
  failure: StoreFailure,
  insurance: Insurance,
  count: CountMetric,
): Promise<Outcome> => {
  const closed = failClosed(policy, failure, count);
  if (closed !== undefined) return { decision: closed, charged: false };
  count('LimiterFailedOpen', policy.name, failure.cause);
  const { decision, undo } = await insurance.take(policy, charge);
  if (!decision.allowed) count('LimiterInsuranceDenied', policy.name);
  return { decision, charged: decision.allowed, undo };
};
