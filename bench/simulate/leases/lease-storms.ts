import {
  bucketMicros,
  type TokenBucket,
} from '../../../functions/limiter/algorithms/token-bucket.ts';
import { seededRandom } from '../../../test/support/random.ts';
import { mostBeyondRate } from '../admissions.ts';
import { startMicros } from '../algorithms/arrivals.ts';
import { bucketOf, createFleet, type Fleet } from './fleet.ts';
import type { Rule } from './lease-rules.ts';
import { plainLimit, storedLimit } from './shared-limit.ts';

const policy = bucketOf(20_000, 20_000, 100);
const bucket = policy.limits[0] as TokenBucket;
const ttlMicros = bucketMicros(bucket) / 20;
const skewMicros = 2e6;

/** The design's bound of what leases admit beyond B + W/T: (ttl + skew) / T, in units. */
export const leaseBound = (ttlMicros + skewMicros) / bucket.intervalMicros;

/** Units are hoarded in leases, the bucket fills again, and then everybody comes at once. */
interface Storm {
  /** Units in unspent leases, as part of the bucket. */
  readonly hoard: number;
  /** From the hoarding to the storm. */
  readonly aheadMicros: number;
  /** Whether hoarders are frozen until the storm, with the answer on its way. */
  readonly frozen?: boolean;
  /** Whether the hoard is given back just before it lapses, and arrives in the storm. */
  readonly returned?: boolean;
  /** Whether processes take leases in the storm and give them back. */
  readonly closing?: boolean;
  /** Whether answers are lost, and messages late or doubled; returns are in any storm. */
  readonly faulty?: boolean;
}

const storms: readonly Storm[] = [
  { hoard: 0.07, aheadMicros: ttlMicros - 250_000 },
  { hoard: 0.07, aheadMicros: ttlMicros - 250_000, closing: true, faulty: true },
  { hoard: 0.17, aheadMicros: ttlMicros + 12e6, frozen: true },
  { hoard: 0.25, aheadMicros: 40e6 },
  { hoard: 0.25, aheadMicros: 40e6, returned: true, closing: true },
];

/** Later than any hoarding, and a while after the epoch of the bucket's first charge. */
const stormMicros = startMicros + 60e6;
const stormMost = 8e6;

const play = (fleet: Fleet, seed: number, processes: number, storm: Storm): void => {
  const random = seededRandom(seed);
  const { burst } = bucket;
  const {
    hoard,
    aheadMicros,
    frozen = false,
    returned = false,
    closing = false,
    faulty = false,
  } = storm;
  // The slow clocks hoard: their leases bear early times. The store knows 128 ids to give back.
  const hoarders = Math.min(Math.ceil(processes / 2), returned ? 50 : 350);
  const cost = Math.floor((hoard * burst) / hoarders);
  const hoardMicros = stormMicros - aheadMicros;
  for (let process = 0; process < hoarders; process++) {
    const micros = hoardMicros + random.below(50_000);
    fleet.request(micros, process, cost, true);
    if (frozen) fleet.freezeAt(micros + 1, process, stormMicros - 1000);
    if (returned) fleet.giveBack(hoardMicros + ttlMicros - 200_000, process);
    for (const part of [Math.ceil(cost / 2), Math.floor(cost / 2)]) {
      fleet.request(stormMicros + random.below(20_000), process, part);
    }
  }
  // Takes leases, and gives them back unspent.
  for (let n = 0; closing && n < 60; n++) {
    const micros = stormMicros + 20_000 + random.below(1e6);
    const process = random.below(processes);
    fleet.request(micros, process, 40 + random.below(40), true);
    fleet.giveBack(micros + 100_000, process);
  }
  // Few processes take the most, so that little of the bucket is left in leases.
  const drains = Math.min(Math.ceil(processes / 2), 2);
  for (let units = 0; units < 3 * burst; ) {
    const micros = stormMicros + 20_000 + Math.floor(random.next() ** 2 * stormMost);
    const cost = 1 + random.below(random.pick([1, 8, 100]));
    const isAny = faulty && random.below(20) === 0;
    const process = isAny ? random.below(processes) : processes - 1 - random.below(drains);
    fleet.request(micros, process, cost);
    units += cost;
  }
};

/** The most that this rule admits beyond B + W/T in any window, over all storms. */
export const worstExcess = async (
  rule: Rule,
  processes: number,
  seeds: readonly number[],
): Promise<number> => {
  let most = 0;
  for (const seed of seeds) {
    for (const storm of storms) {
      const fleet = createFleet({
        seed,
        rule,
        processes,
        policy,
        shared: rule === 'product' ? storedLimit(policy) : plainLimit(policy),
        faults: storm.faulty
          ? { lost: 0.03, doubled: 0.8, lateMicros: 40_000 }
          : { lost: 0, doubled: storm.closing ? 0.8 : 0, lateMicros: 0 },
        skewMicros,
        returnLateMicros: storm.returned ? 40e6 : 2e6,
      });
      play(fleet, seed, processes, storm);
      await fleet.run();
      const excess = mostBeyondRate(fleet.spendings, bucket.intervalMicros) - bucket.burst;
      most = Math.max(most, excess);
    }
  }
  return most;
};
