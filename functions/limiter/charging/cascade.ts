import type { Outcome, Request } from '../outcome.ts';
import type { Decision, Reason } from '../verdict.ts';
import type { Charger } from './charger.ts';
import { namedApart } from './verdict-names.ts';

/** One subject of a request, and how it is charged. */
export interface Level {
  readonly charger: Charger;
  readonly request: Request;
  /** Whose verdicts the caller is told. */
  readonly isTold: boolean;
}

/** The worst news first: a store that failed is never reported as anything better. */
const degradations: readonly Reason[] = ['failed-open', 'shadowed'];

/** What all levels say together, when none of them refuses; the last is the request's own. */
const merge = (levels: readonly Level[], decisions: readonly Decision[]): Decision => {
  const own = decisions.at(-1) as Decision;
  const told = decisions.filter((_, index) => levels[index]?.isTold);
  const reason = degradations.find((each) => decisions.some((level) => level.reason === each));
  return {
    ...own,
    reason: reason ?? own.reason,
    delayMs: Math.max(...decisions.map(({ delayMs }) => delayMs)),
    verdicts: told.flatMap(({ verdicts }) => verdicts),
  };
};

/**
 * Charges every level of a request or none, the widest first: what one of them is known to refuse
 * is refused before any is charged, and what one refuses later is given back to those before it.
 * Killed in between, the units stay charged: too strict, never too lenient.
 */
export const chargeCascade = async (
  levels: readonly Level[],
  nowMicros: () => number,
): Promise<Decision> => {
  const nameApart = namedApart(levels);
  const decisions: Decision[] = [];
  const outcomes: Outcome[] = [];
  const undo = async (which: (level: Level) => boolean) => {
    const undone = outcomes.filter((_, index) => which(levels[index] as Level));
    await Promise.all(undone.map((outcome) => outcome.undo?.(nowMicros())));
  };
  const takeLevel = async (index: number): Promise<Decision | undefined> => {
    const { charger, request } = levels[index] as Level;
    const outcome = await charger.take({ ...request, nowMicros: nowMicros() });
    const decision = nameApart(outcome.decision, index);
    if (!decision.allowed) {
      await undo(() => true);
      return decision;
    }
    outcomes[index] = outcome;
    decisions[index] = decision;
    return undefined;
  };

  for (const [index, { charger, request }] of levels.entries()) {
    if (request.policy.mode === 'shadow') continue;
    const refused = charger.refusal(request);
    if (refused !== undefined) return nameApart(refused.decision, index);
  }
  for (const index of levels.keys()) {
    const refused = await takeLevel(index);
    if (refused !== undefined) return refused;
  }
  const own = outcomes.at(-1) as Outcome;
  if (own.isRepeat) {
    // A retry is charged nowhere, and a wider level that spends from leases did not know it. One
    // that did know it keeps its charge: the original in flight beside this one may rely on it.
    await undo(({ charger }) => !charger.knowsRetries);
  } else if (own.charged) {
    // Charged here but not there: the request in flight beside this one may have been refused by
    // this level, and have given the wider one's units back.
    for (const [index, { charger }] of levels.entries()) {
      if (!charger.knowsRetries || !outcomes[index]?.isRepeat) continue;
      const refused = await takeLevel(index);
      if (refused !== undefined) return refused;
    }
  }
  return merge(levels, decisions);
};
