/** One process of a cell: waits for the word, takes, and reports what it cost. */
import { type Opened, openContender, type Setting } from './contenders.ts';
import type { Usage } from './counted-client.ts';

/** What one process does. */
export interface Job extends Setting {
  readonly keys: number;
  readonly concurrency: number;
  /** Goes on until both are reached. */
  readonly least: { readonly decisions: number; readonly ms: number };
  readonly seed: number;
  /** Takes this much of every key once, in turn, instead of measuring. */
  readonly prepareCost?: number | undefined;
}

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

const run = async (opened: Opened, job: Job): Promise<Report> => {
  const random = seeded(job.seed);
  const startedAtMs = Date.now();
  let [decisions, allowed] = [0, 0];
  const isPreparing = job.prepareCost !== undefined;
  const least = isPreparing ? job.keys : job.least.decisions;
  const hasTime = () => !isPreparing && Date.now() - startedAtMs < job.least.ms;
  const caller = async () => {
    while (decisions < least || hasTime()) {
      const number = decisions++;
      const index = isPreparing ? number : Math.floor(random() * job.keys);
      const requestId = `${startedAtMs}-${job.seed}-${number}`;
      if (await opened.take(`key-${index}`, requestId, job.prepareCost ?? 1)) allowed++;
    }
  };
  await Promise.all(Array.from({ length: job.concurrency }, caller));
  return { ...opened.usage(), decisions, allowed, startedAtMs, endedAtMs: Date.now() };
};

process.once('message', async (job: Job) => {
  const opened = await openContender(job);
  process.send?.(await run(opened, job));
  await opened.close();
  process.disconnect();
});
process.send?.('ready');
