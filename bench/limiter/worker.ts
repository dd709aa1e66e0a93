/** One process of a scenario: waits for the word, takes, and reports what it cost. */
import { type Job, openContender, type Usage } from './scenarios.ts';

export interface Report extends Usage {
  readonly decisions: number;
  readonly allowed: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

const run = async (job: Job): Promise<Report> => {
  const { take, usage } = openContender(job);
  const random = seeded(job.seed);
  let [left, allowed] = [job.decisions, 0];
  const startedAtMs = Date.now();
  await Promise.all(
    Array.from({ length: job.concurrency }, async () => {
      while (left > 0) {
        const number = left--;
        const index = job.inTurn ? number % job.keys : Math.floor(random() * job.keys);
        if (await take(`key-${index}`, `${job.seed}-${number}`)) allowed++;
      }
    }),
  );
  return { ...usage(), decisions: job.decisions, allowed, startedAtMs, endedAtMs: Date.now() };
};

process.once('message', async (job: Job) => {
  process.send?.(await run(job));
  process.disconnect();
});
process.send?.('ready');
