import {
  mostThatWeigh,
  type SlidingWindow,
  slidingAttribute,
  weigh,
} from '../../algorithms/sliding-window.ts';
import type { Charge } from '../limit-store.ts';
import type { Clauses } from './clauses.ts';

const stepCount = 8;

/** Up to `previous` units in the window before leave room for `current` in this one. */
interface Step {
  readonly previous: number;
  readonly current: number;
}

const toSteps = (
  window: SlidingWindow,
  { cost, nowMicros }: Charge,
  seen: number | undefined,
): readonly Step[] => {
  const room = window.limit - cost;
  const heaviest = Math.min(weigh(window, window.limit, nowMicros), room);
  const weights = Array.from({ length: stepCount + 1 }, (_, index) =>
    Math.ceil((heaviest * index) / stepCount),
  );
  const steps = [...weights, room].map(
    (weight): Step => ({
      previous: mostThatWeigh(window, weight, nowMicros),
      current: room - weight,
    }),
  );
  const exact =
    seen === undefined ? [] : [{ previous: seen, current: room - weigh(window, seen, nowMicros) }];
  const tightest = new Map<number, Step>();
  for (const step of [...exact, ...steps]) if (step.current >= 0) tightest.set(step.current, step);
  return [...tightest.values()];
};

/**
 * A condition cannot multiply, so the weight of the window before comes in steps, each exact at its
 * upper end, and one for the count that this process saw last. None admits what the exact weight
 * would refuse; where they refuse what it admits, the item that comes back has the exact count for
 * the next write. Absent counts are 0.
 */
export const addSlidingWindow = (
  { add, conditions, values }: Clauses,
  window: SlidingWindow,
  charge: Charge,
  index: number,
  numbers: Readonly<Record<string, number>>,
): void => {
  const { cost, nowMicros } = charge;
  const current = slidingAttribute(window, nowMicros, 0);
  const previous = slidingAttribute(window, nowMicros, 1);
  values[':cost'] = cost;
  add.push(`${current} :cost`);
  const steps = toSteps(window, charge, numbers[previous]).map((step, at) => {
    values[`:p${index}_${at}`] = step.previous;
    values[`:s${index}_${at}`] = step.current;
    return `(NOT ${previous} > :p${index}_${at} AND NOT ${current} > :s${index}_${at})`;
  });
  // DynamoDB refuses parentheses around parentheses.
  conditions.push(steps.length === 1 ? steps.join() : `(${steps.join(' OR ')})`);
};
