/** One process of a cell: warms up, then takes in rounds when told to, and reports what each cost. */
import { type Opened, openContender, type Setting } from './contenders.ts';
import type { Usage } from './counted-client.ts';

/** What one process does. */
export interface Job extends Setting {
  readonly keys: number;
  readonly concurrency: number;
  readonly seed: number;
  /** Takes this much of every key once, in turn, instead of one unit of keys at random. */
  readonly prepareCost?: number | undefined;
}

/** A round goes on until both are reached. */
export interface Least {
  readonly decisions: number;
  readonly ms: number;
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

/** Rounds of takes; no two of them, in any round or process, have the same request id. */
const roundsOf = ({ take, usage }: Opened, job: Job) => {
  const { keys, concurrency, seed, prepareCost } = job;
  const random = seeded(seed);
  const openedAtMs = Date.now();
  let next = 0;
  return async (least: Least): Promise<Report> => {
    const startedAtMs = Date.now();
    const before = usage();
    const first = next;
    let allowed = 0;
    const isDue = () => next - first < least.decisions || Date.now() - startedAtMs < least.ms;
    const caller = async () => {
      while (isDue()) {
        const number = next++;
        const index = prepareCost === undefined ? Math.floor(random() * keys) : number;
        const requestId = `${openedAtMs}-${seed}-${number}`;
        if (await take(`key-${index}`, requestId, prepareCost ?? 1)) allowed++;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, caller));
    const { roundTrips, writeUnits } = usage();
    return {
      roundTrips: roundTrips - before.roundTrips,
      writeUnits: writeUnits - before.writeUnits,
      decisions: next - first,
      allowed,
      startedAtMs,
      endedAtMs: Date.now(),
    };
  };
};

process.once('message', async (job: Job) => {
  const opened = await openContender(job);
  const round = roundsOf(opened, job);
  process.on('message', async (least: Least | 'end') => {
    if (least !== 'end') {
      process.send?.(await round(least));
      return;
    }
    await opened.close();
    process.disconnect();
  });
  process.send?.('ready');
});
process.send?.('loaded');
