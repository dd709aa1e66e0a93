import type { SubjectState } from './algorithms/subject-state.ts';
import { itemKeys } from './charging/sharded-charger.ts';
import { wholeVerdicts } from './charging/whole-verdicts.ts';
import { dividePolicy, type Policy } from './policy.ts';
import type { LimitStore } from './stores/limit-store.ts';
import { type Decision, decide, fits } from './verdict.ts';

interface PeekAt {
  readonly nowMicros: number;
  readonly cost: number;
}

const reasonOf = (policy: Policy, state: SubjectState, at: PeekAt) => {
  if (fits(policy, state, at)) return 'allowed';
  return policy.mode === 'shadow' ? 'shadowed' : 'denied';
};

/**
 * Of the parts of a sharded subject: one that has room tells, or else the one that waits longest, as
 * any may be chosen then; and all of them what is left.
 */
const peekParts = async (
  store: LimitStore,
  policy: Policy,
  key: string,
  at: PeekAt,
  signal: AbortSignal,
): Promise<Decision> => {
  const part = dividePolicy(policy, policy.shards);
  const keys = itemKeys(policy.shards, key);
  const states = await Promise.all(keys.map((each) => store.peek(each, at.nowMicros, signal)));
  const decisions = states.map((state) =>
    decide(part, state, { ...at, reason: reasonOf(part, state, at) }),
  );
  const told =
    decisions.find(({ reason }) => reason === 'allowed') ??
    decisions.reduce((a, b) => (b.retryAfterSeconds > a.retryAfterSeconds ? b : a));
  return { ...told, policy, verdicts: wholeVerdicts(policy, told.verdicts, states, at.nowMicros) };
};

/** What a subject has left, and whether `cost` would fit. Reads each of its items once. */
export const peekSubject = async (
  store: LimitStore,
  policy: Policy,
  key: string,
  at: PeekAt,
  signal: AbortSignal,
): Promise<Decision> => {
  if (policy.shards > 1) return peekParts(store, policy, key, at, signal);
  const state = await store.peek(key, at.nowMicros, signal);
  return decide(policy, state, { ...at, reason: reasonOf(policy, state, at) });
};
