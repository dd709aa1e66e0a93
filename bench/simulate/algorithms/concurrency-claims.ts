import type { Concurrency } from '../../../functions/limiter/algorithms/concurrency.ts';
import { createMemoryLimitStore } from '../../../functions/limiter/stores/memory-limit-store.ts';
import { seededRandom } from '../../../test/support/random.ts';
import { createAgenda } from '../agenda.ts';
import type { Claim } from '../claim.ts';
import { startMicros } from './arrivals.ts';

const cap = 5;
const leaseSeconds = 10;
const limits: readonly Concurrency[] = [
  { algorithm: 'concurrency', name: 'at-once', limit: cap, leaseSeconds },
];
const key = 'all';

interface Run {
  readonly seed: number;
  readonly callers: number;
  /** Of the callers that are admitted, the part that dies without releasing. */
  readonly neverReleasing: number;
  /** How long work may take: more than the lease is a holder that was frozen. */
  readonly mostWorkMicros: number;
}

/** The most callers at work at once; one that dies counts until its lease is over. */
const mostAtWork = async (run: Run): Promise<number> => {
  const random = seededRandom(run.seed);
  const agenda = createAgenda(startMicros);
  const store = createMemoryLimitStore();
  let atWork = 0;
  let most = 0;
  let asked = 0;

  const leave = (): void => {
    atWork--;
  };
  const ask = async (caller: number): Promise<void> => {
    const requestId = `${caller}-${asked++}`;
    const hold = { key, limits, requestId };
    const { kind } = await store.take({ ...hold, cost: 1, nowMicros: agenda.now() });
    if (asked < 4000) agenda.at(agenda.now() + random.below(400_000), () => void ask(caller));
    if (kind !== 'charged') return;
    most = Math.max(most, ++atWork);
    if (random.next() < run.neverReleasing) {
      agenda.at(agenda.now() + leaseSeconds * 1e6, leave);
      return;
    }
    agenda.at(agenda.now() + random.below(run.mostWorkMicros), () => {
      leave();
      void store.release({ ...hold, nowMicros: agenda.now() });
    });
  };

  for (let caller = 0; caller < run.callers; caller++) {
    agenda.at(startMicros + random.below(1e6), () => void ask(caller));
  }
  await agenda.run();
  return most;
};

export const concurrencyClaims = async (
  seed: number,
  fleets: readonly number[],
): Promise<Claim[]> => {
  const run = { seed, neverReleasing: 0.3, mostWorkMicros: 2e6 };
  const byFleet: number[] = [];
  for (const callers of fleets) byFleet.push(await mostAtWork({ ...run, callers }));
  const shared = { formula: 'n', bound: cap };
  return [
    {
      ...shared,
      claim: 'concurrency, 32 callers, 30 % never releasing, at work at once',
      worst: await mostAtWork({ ...run, callers: 32 }),
    },
    {
      ...shared,
      claim: `the same with ${fleets[0]} to ${fleets.at(-1)?.toLocaleString('en-US')} callers`,
      worst: Math.max(...byFleet),
    },
    {
      ...shared,
      claim: 'holders that are frozen past their lease overlap',
      worst: await mostAtWork({ ...run, callers: 32, mostWorkMicros: 3 * leaseSeconds * 1e6 }),
      isControl: true,
    },
  ];
};
