import { describe, expect, it } from 'vitest';
import { runModel } from './run-model.ts';
import type { Mistake } from './world.ts';

const runs = 500;

const findWrong = async (mistake?: Mistake): Promise<string[]> => {
  const wrong: string[] = [];
  for (let seed = 1; seed <= runs; seed++) {
    const difference = await runModel(seed, mistake);
    if (difference !== undefined) wrong.push(difference);
  }
  return wrong;
};

describe('compaction, interleaved at random', () => {
  it('counts every click once in 500 of 500 runs', { timeout: 300_000 }, async () => {
    expect(await findWrong()).toEqual([]);
  });

  it.each<Mistake>(['mark-outside-commit', 'no-segment-guard', 'settle-without-token'])(
    'notices %s',
    { timeout: 300_000 },
    async (mistake) => {
      const wrong = await findWrong(mistake);
      console.log(`${mistake}: ${wrong.length} of ${runs} runs wrong`);
      expect(wrong.length).toBeGreaterThan(0);
    },
  );
});
