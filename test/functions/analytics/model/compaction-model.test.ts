import { describe, expect, it } from 'vitest';
import { runModel } from './run-model.ts';
import type { Mistake } from './world.ts';

const runs = 500;

/** The first of the runs that counts wrong. */
const findWrong = async (mistake?: Mistake): Promise<string | undefined> => {
  for (let seed = 1; seed <= runs; seed++) {
    const difference = await runModel(seed, mistake);
    if (difference !== undefined) return difference;
  }
  return undefined;
};

describe('compaction, interleaved at random', () => {
  it('counts every click once in 500 of 500 runs', { timeout: 300_000 }, async () => {
    expect(await findWrong()).toBeUndefined();
  });

  it.each<Mistake>(['mark-outside-commit', 'no-segment-guard'])(
    'counts wrong with %s',
    { timeout: 300_000 },
    async (mistake) => {
      expect(await findWrong(mistake)).toMatch(/^seed \d+, slots of \d+: /);
    },
  );
});
