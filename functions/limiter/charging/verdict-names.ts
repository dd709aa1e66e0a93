import type { Policy } from '../policy.ts';
import type { Decision } from '../verdict.ts';

interface Named {
  readonly request: { readonly policy: Policy };
  readonly isTold: boolean;
}

/**
 * Names the verdicts of several policies apart, the same way in every answer: a limit's name that
 * two of them use gets its policy's name in front, and a number where that is the same, too. What
 * is not told unless it refuses gives way to the others.
 */
export const namedApart = (
  levels: readonly Named[],
): ((decision: Decision, index: number) => Decision) => {
  if (levels.length === 1) return (decision) => decision;
  const told = levels
    .filter(({ isTold }) => isTold)
    .flatMap(({ request }) => request.policy.limits.map(({ name }) => name));
  return (decision, index) => {
    const level = levels[index];
    const name = level?.request.policy.name ?? '';
    const others = level?.isTold ? 1 : 0;
    const isTaken = (limit: string) => told.filter((each) => each === limit).length > others;
    const before = levels.slice(0, index).filter(({ request }) => request.policy.name === name);
    const prefix = before.length === 0 ? name : `${name}-${before.length + 1}`;
    const verdicts = decision.verdicts.map((verdict) =>
      isTaken(verdict.policy) ? { ...verdict, policy: `${prefix}-${verdict.policy}` } : verdict,
    );
    return { ...decision, verdicts };
  };
};
