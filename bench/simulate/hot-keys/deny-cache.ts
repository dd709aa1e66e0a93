import { fitsAll } from '../../../functions/limiter/algorithms/limit.ts';
import { createItemCharger } from '../../../functions/limiter/charging/item-charger.ts';
import { createDenyCache } from '../../../functions/limiter/guards/deny-cache.ts';
import { definePolicy, type Policy, type PolicyInput } from '../../../functions/limiter/policy.ts';
import type { LimitStore } from '../../../functions/limiter/stores/limit-store.ts';
import { createMemoryLimitStore } from '../../../functions/limiter/stores/memory-limit-store.ts';
import { seededRandom } from '../../../test/support/random.ts';
import { startMicros } from '../algorithms/arrivals.ts';
import { type Claim, format, percent, type Table } from '../claim.ts';
import { chargingParts } from './charging-parts.ts';

const key = 'hot';
const define = (limits: PolicyInput['limits'], refundable = false): Policy =>
  definePolicy({ name: 'hot', limits, refundable });
const bucket = { algorithm: 'token-bucket', name: 'burst', burst: 100 } as const;
const hour = { algorithm: 'fixed-window', name: 'hour', limit: 1000, windowSeconds: 3600 } as const;

/** Each at ten times the rate it regains, or its window spent in the first seconds. */
const cases = [
  {
    name: '100 a second, load × 10',
    policy: define([{ ...bucket, limit: 100, windowSeconds: 1 }]),
  },
  {
    name: '6,000 an hour, load × 600',
    policy: define([{ ...bucket, limit: 6000, windowSeconds: 3600 }]),
  },
  { name: '1,000 an hour (window), spent', policy: define([hour]) },
];
const refundable = define([{ ...hour, limit: 100 }], true);
const refundableDecisions = 3000;

interface Measured {
  readonly writes: number;
  readonly denied: number;
  /** Requests refused by the cache though the store would have admitted them. */
  readonly wrong: number;
  /** The longest that such a refusal came after the store's answer it rests on. */
  readonly wrongForMicros: number;
}

/** A thousand requests a second for one hot key, from processes with a deny cache each. */
const measure = async (
  seed: number,
  policy: Policy,
  processes: number,
  decisions: number,
): Promise<Measured> => {
  const random = seededRandom(seed);
  const store = createMemoryLimitStore();
  let writes = 0;
  let deniedByStore = false;
  const counted: LimitStore = {
    ...store,
    take: async (charge) => {
      writes++;
      const answer = await store.take(charge);
      deniedByStore = answer.kind === 'denied';
      return answer;
    },
  };
  const chargers = Array.from({ length: processes }, () => ({
    charger: createItemCharger(chargingParts(counted, createDenyCache({ maxKeys: 1 }))),
    answeredMicros: 0,
  }));
  const charged: string[] = [];
  let micros = startMicros;
  let denied = 0;
  let wrong = 0;
  let wrongForMicros = 0;
  for (let n = 0; n < decisions; n++) {
    micros += Math.ceil(-Math.log(1 - random.next()) * 1000);
    const one = random.pick(chargers);
    const requestId = policy.refundable ? `${n}` : undefined;
    const request = { policy, key, cost: 1, nowMicros: micros, requestId };
    const refusal = one.charger.refusal(request);
    deniedByStore = false;
    if (refusal === undefined) {
      const { charged: isCharged } = await one.charger.take(request);
      if (isCharged && requestId !== undefined) charged.push(requestId);
      one.answeredMicros = micros;
    } else {
      const state = await store.peek(key, micros);
      if (fitsAll(policy.limits, state, micros, 1)) {
        wrong++;
        wrongForMicros = Math.max(wrongForMicros, micros - one.answeredMicros);
      }
    }
    if (refusal !== undefined || deniedByStore) denied++;
    // Another process gives a unit back, past every cache.
    const back = policy.refundable && n % 200 === 199 ? charged.shift() : undefined;
    if (back === undefined) continue;
    const { limits } = policy;
    await store.refund({ key, limits, nowMicros: micros, requestId: back, cost: 1, units: 1 });
  }
  return { writes, denied, wrong, wrongForMicros };
};

/** Writes that the deny cache saves, and that it refuses nobody whom the store would admit. */
export const denyCacheFigures = async (
  seed: number,
  fleets: readonly number[],
  decisions = 20_000,
): Promise<{ readonly table: Table; readonly claims: Claim[] }> => {
  const rows: string[][] = fleets.map((processes) => [format(processes)]);
  let wrong = 0;
  let wrongForMicros = 0;
  let wrongRefundable = 0;
  for (const [index, processes] of fleets.entries()) {
    for (const { policy } of cases) {
      const measured = await measure(seed, policy, processes, decisions);
      wrong += measured.wrong;
      rows[index]?.push(
        percent(1 - measured.writes / decisions),
        percent(measured.denied / decisions),
      );
    }
    const stale = await measure(seed, refundable, processes, refundableDecisions);
    wrongForMicros = Math.max(wrongForMicros, stale.wrongForMicros);
    wrongRefundable += stale.wrong;
  }
  return {
    table: {
      title: 'Deny cache: writes saved on a hot key',
      note: `The product's item charger with a deny cache a process (charging/item-charger.ts, guards/deny-cache.ts); 1,000 requests a second, ${format(decisions)} in all. Without it each is a write.`,
      head: ['processes', ...cases.flatMap(({ name }) => [`${name}: writes saved`, 'denied'])],
      rows,
    },
    claims: [
      {
        claim:
          'deny cache (guards/deny-cache.ts), refusals that the store would admit, nothing given back',
        formula: '0',
        bound: 0,
        worst: wrong,
      },
      {
        claim:
          'the same where others give units back: age of the answer such a refusal rests on, s',
        formula: '1 s',
        bound: 1,
        worst: wrongForMicros / 1e6,
      },
      {
        claim: 'where units come back, refusals that the store would admit',
        formula: '0',
        bound: 0,
        worst: wrongRefundable,
        isControl: true,
      },
    ],
  };
};
