import { assess } from '../algorithms/limit.ts';
import type { SubjectState } from '../algorithms/subject-state.ts';
import { dividePolicy, type Policy } from '../policy.ts';
import { statement, type Verdict } from '../verdict.ts';

/** One part's verdicts in the words of the whole subject: its limits, and what all parts have left. */
export const wholeVerdicts = (
  policy: Policy,
  verdicts: readonly Verdict[],
  states: readonly SubjectState[],
  nowMicros: number,
): readonly Verdict[] => {
  const part = dividePolicy(policy, policy.shards);
  return verdicts.map((verdict, index) => {
    const [own, whole] = [part.limits[index], policy.limits[index]];
    if (own === undefined || whole === undefined) return verdict;
    const left = states.map((state) => assess(own, state, nowMicros, 0).remaining);
    const remaining = left.reduce((sum, each) => sum + each, 0);
    return { ...verdict, ...statement(whole), remaining };
  });
};
