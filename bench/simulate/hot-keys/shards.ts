import { assess } from '../../../functions/limiter/algorithms/limit.ts';
import type { TokenBucket } from '../../../functions/limiter/algorithms/token-bucket.ts';
import {
  createShardedCharger,
  shardKey,
} from '../../../functions/limiter/charging/sharded-charger.ts';
import { definePolicy, dividePolicy, type Policy } from '../../../functions/limiter/policy.ts';
import type { LimitStore } from '../../../functions/limiter/stores/limit-store.ts';
import { createMemoryLimitStore } from '../../../functions/limiter/stores/memory-limit-store.ts';
import { seededRandom } from '../../../test/support/random.ts';
import { type Admission, mostBeyondRate } from '../admissions.ts';
import { type Random, startMicros } from '../algorithms/arrivals.ts';
import { type Claim, percent, type Table } from '../claim.ts';
import { chargingParts } from './charging-parts.ts';

const key = 'all';
const partLimits = [4, 16, 64];
const shardCounts = [4, 16, 64];
const loads = [0.8, 0.9, 0.95, 1, 1.2];
const processes = 10;

/** S parts of B/S units; a policy with less than 16 a part is not let through by `definePolicy`. */
const policyOf = (shards: number, part: number): Policy => {
  const burst = shards * part;
  const bucket = { algorithm: 'token-bucket', name: 'burst', burst } as const;
  const limits = [{ ...bucket, limit: 1000, windowSeconds: 1 }];
  return { ...definePolicy({ name: 'hot', limits }), shards };
};

/** Whether a request of one unit is admitted. */
type Take = (nowMicros: number) => Promise<boolean>;

/** The product's charger in each of ten processes: the better of two, as each saw them last. */
const betterOfTwo = (store: LimitStore, policy: Policy, random: Random): Take => {
  const chargers = Array.from({ length: processes }, () =>
    createShardedCharger({ ...chargingParts(store), random: random.next }),
  );
  return async (nowMicros) => {
    const request = { policy, key, cost: 1, nowMicros };
    const outcome = await random.pick(chargers).take(request);
    return outcome.decision.allowed;
  };
};

/** One part at random: what the choice is measured against. */
const anyOne =
  (store: LimitStore, policy: Policy, random: Random): Take =>
  async (nowMicros) => {
    const { limits } = dividePolicy(policy, policy.shards);
    const part = shardKey(key, random.below(policy.shards));
    const answer = await store.take({ key: part, limits, cost: 1, nowMicros });
    return answer.kind === 'charged';
  };

interface Measured {
  /** Refused while another part had room, of all requests. */
  readonly wronglyDenied: number;
  /** Units beyond B + W/T. */
  readonly excess: number;
}

const measure = async (
  seed: number,
  {
    shards,
    part,
    load,
    decisions,
  }: { shards: number; part: number; load: number; decisions: number },
  chooser: typeof betterOfTwo,
): Promise<Measured> => {
  const random = seededRandom(seed);
  const store = createMemoryLimitStore();
  const policy = policyOf(shards, part);
  const parts = dividePolicy(policy, shards).limits;
  const take = chooser(store, policy, random);
  const admissions: Admission[] = [];
  let wrong = 0;
  let micros = startMicros;
  // The burst is spent first, so that it is the rate that counts.
  const spent = shards * part;
  for (let n = 0; n < decisions + spent; n++) {
    const isCounted = n >= spent;
    if (isCounted) micros += Math.ceil((-Math.log(1 - random.next()) * 1000) / load);
    if (await take(micros)) {
      admissions.push({ micros, units: 1 });
      continue;
    }
    if (!isCounted) continue;
    for (let shard = 0; shard < shards; shard++) {
      const state = await store.peek(shardKey(key, shard), micros);
      if (!parts.every((limit) => assess(limit, state, micros, 1).fits)) continue;
      wrong++;
      break;
    }
  }
  const { burst, intervalMicros } = policy.limits[0] as TokenBucket;
  const excess = mostBeyondRate(admissions, intervalMicros) - burst;
  return { wronglyDenied: wrong / decisions, excess };
};

/** How many are refused though the subject has room, by load; never more than B + W/T pass. */
export const shardFigures = async (
  seed: number,
  decisions = 3000,
): Promise<{ readonly table: Table; readonly claim: Claim }> => {
  const rows: string[][] = [];
  let worst = Number.NEGATIVE_INFINITY;
  for (const shards of shardCounts) {
    for (const part of partLimits) {
      const row = [`${shards} of ${part}`];
      for (const load of loads) {
        const run = { shards, part, load, decisions };
        const two = await measure(seed, run, betterOfTwo);
        const one = await measure(seed, run, anyOne);
        worst = Math.max(worst, two.excess);
        row.push(`${percent(two.wronglyDenied)} (${percent(one.wronglyDenied)})`);
      }
      rows.push(row);
    }
  }
  return {
    table: {
      title: 'Shards: wrongly denied requests by load',
      note: "The product's sharded charger in ten processes (charging/sharded-charger.ts): refused while another part had room. In brackets: one part at random. The bucket starts empty. `definePolicy` refuses parts of less than 16.",
      head: ['S of B/S', ...loads.map((load) => `load ${load * 100} %`)],
      rows,
    },
    claim: {
      claim:
        'S shards by better-of-two (charging/sharded-charger.ts), units beyond B + W/T in any W',
      formula: '0',
      bound: 0,
      worst,
    },
  };
};
