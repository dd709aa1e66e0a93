import type { seededRandom } from '../../../support/random.ts';

type Random = ReturnType<typeof seededRandom>;

interface Waiting {
  readonly process: symbol;
  /** How likely it goes on when it is its turn: some processes are overtaken many times. */
  readonly speed: number;
  readonly go: () => void;
}

/** Called before and after every effect; while it waits, anything else may happen. */
export type Gate = () => Promise<void>;

/**
 * Runs processes that stop at gates and lets them go on one gate at a time, in random order. A killed
 * process never goes on: what it awaited stays unanswered, as in a Lambda that is gone.
 */
export const createScheduler = (random: Random) => {
  let waiting: Waiting[] = [];
  const dead = new Set<symbol>();
  const ends = new Map<symbol, (end: 'done' | 'failed' | 'killed') => void>();

  const kill = (process: symbol): void => {
    dead.add(process);
    waiting = waiting.filter((each) => each.process !== process);
    ends.get(process)?.('killed');
    ends.delete(process);
  };
  return {
    start: (work: (gate: Gate) => Promise<void>): Promise<'done' | 'failed' | 'killed'> => {
      const process = Symbol('process');
      const speed = random.pick([1, 1, 0.02]);
      const gate: Gate = () =>
        new Promise((resolve) => {
          if (!dead.has(process)) waiting.push({ process, speed, go: resolve });
        });
      return new Promise((resolve) => {
        ends.set(process, resolve);
        work(gate).then(
          () => ends.get(process)?.('done'),
          () => ends.get(process)?.('failed'),
        );
      });
    },
    /** Lets one process go on, or kills it; false where none waits. */
    step: (killProbability: number): boolean => {
      if (waiting.length === 0) return false;
      let index = random.below(waiting.length);
      while (random.next() > (waiting[index]?.speed ?? 1)) index = random.below(waiting.length);
      const [chosen] = waiting.splice(index, 1);
      if (chosen === undefined) return false;
      if (random.next() < killProbability) kill(chosen.process);
      else chosen.go();
      return true;
    },
    /** Until every process waits at a gate or has ended. */
    settle: (): Promise<void> => new Promise((resolve) => setImmediate(resolve)),
  };
};

/** The object with a gate before and after each of its methods. */
export const gated = <T extends object>(target: T, gate: Gate): T =>
  new Proxy(target, {
    get: (inner, name) => {
      const member = Reflect.get(inner, name);
      if (typeof member !== 'function') return member;
      return async (...inputs: unknown[]) => {
        await gate();
        const result = await member.apply(inner, inputs);
        await gate();
        return result;
      };
    },
  });
