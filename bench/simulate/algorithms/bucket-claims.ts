import type { Limit } from '../../../functions/limiter/algorithms/limit.ts';
import { assess, chargeAll } from '../../../functions/limiter/algorithms/limit.ts';
import type { SubjectState } from '../../../functions/limiter/algorithms/subject-state.ts';
import { emptyState } from '../../../functions/limiter/algorithms/subject-state.ts';
import {
  bucketAttribute,
  bucketMicros,
  busySlack,
  delayMicros,
  type LeakyBucket,
  type TokenBucket,
} from '../../../functions/limiter/algorithms/token-bucket.ts';
import { definePolicy, type LimitInput } from '../../../functions/limiter/policy.ts';
import { newClauses } from '../../../functions/limiter/stores/dynamo/clauses.ts';
import { addBucket, bucketForm } from '../../../functions/limiter/stores/dynamo/limit-clauses.ts';
import { seededRandom } from '../../../test/support/random.ts';
import { type Admission, mostBeyondRate, mostInWindow } from '../admissions.ts';
import type { Claim } from '../claim.ts';
import { arrivals, clockOffsets, slowToFast, startMicros } from './arrivals.ts';

const limitOf = <L extends Limit>(input: LimitInput): L =>
  definePolicy({ name: 'simulated', limits: [input] }).limits[0] as L;

const settings = { name: 'burst', burst: 100, limit: 1000, windowSeconds: 100 };
const bucket = limitOf<TokenBucket>({ algorithm: 'token-bucket', ...settings });
const leaky = limitOf<LeakyBucket>({ algorithm: 'leaky-bucket', ...settings });
const capped = limitOf<TokenBucket>({ algorithm: 'token-bucket', ...settings, hardCap: true });

type Admit = (state: SubjectState, nowMicros: number, cost: number) => SubjectState | undefined;

const admitTo =
  (limit: Limit): Admit =>
  (state, nowMicros, cost) =>
    assess(limit, state, nowMicros, cost).fits
      ? { ...emptyState, numbers: Object.fromEntries(chargeAll([limit], state, nowMicros, cost)) }
      : undefined;

/**
 * As the DynamoDB store does it: the form is chosen by the last arrival time that this process saw,
 * and the other one tried when the condition fails. Bounds are those of the store's own clauses.
 */
const admitByForms: Admit = ({ numbers }, nowMicros, cost) => {
  const arrival = numbers[bucketAttribute(bucket)];
  const charge = { key: 'all', limits: [bucket], cost, nowMicros };
  const first = bucketForm(bucket, arrival ?? 0, nowMicros);
  for (const form of [first, first === 'busy' ? 'idle' : 'busy'] as const) {
    const clauses = newClauses();
    addBucket(clauses, bucket, charge, form);
    const at = (name: string) => Number(clauses.values[name]);
    const holds =
      arrival === undefined ||
      (form === 'idle'
        ? arrival <= nowMicros
        : arrival >= at(':earliest') && arrival <= at(':latest'));
    if (!holds) continue;
    const next = form === 'busy' ? (arrival ?? nowMicros) + at(':price') : at(':arrival');
    return { ...emptyState, numbers: { [bucketAttribute(bucket)]: next } };
  }
  return undefined;
};

interface Request {
  readonly micros: number;
  readonly cost: number;
  /** How far the clock of the process that asks is ahead. */
  readonly offset?: number;
}

/** What is admitted of these requests, in true time. */
const simulate = (admit: Admit, requests: Iterable<Request>): Admission[] => {
  let state = emptyState;
  const admissions: Admission[] = [];
  for (const { micros, cost, offset = 0 } of requests) {
    const next = admit(state, micros + offset, cost);
    if (next === undefined) continue;
    state = next;
    admissions.push({ micros, units: cost });
  }
  return admissions;
};

/** When what the leaky bucket admits goes on, once each has waited its delay. */
const departures = (seed: number): Admission[] => {
  let state = emptyState;
  const all: Admission[] = [];
  for (const { micros } of arrivals(seededRandom(seed), leaky)) {
    const next = admitTo(leaky)(state, micros, 1);
    if (next === undefined) continue;
    state = next;
    const arrival = state.numbers[bucketAttribute(leaky)] ?? 0;
    all.push({ micros: micros + delayMicros(leaky, arrival, micros, 1), units: 1 });
  }
  return all;
};

const { burst, intervalMicros } = bucket;
const plain = admitTo(bucket);
const beyondRate = (all: Admission[]) => mostBeyondRate(all, intervalMicros);

const overAll = (all: Admission[]): number => {
  const units = all.reduce((sum, admission) => sum + admission.units, 0);
  return units - ((all.at(-1)?.micros ?? startMicros) - startMicros) / intervalMicros;
};

const skewClaims = (seed: number, fleets: readonly number[]): Claim[] => {
  const worst = (skewMicros: number, pauses: boolean, measure: (all: Admission[]) => number) =>
    Math.max(
      ...fleets.map((processes) => {
        const offsets = clockOffsets(processes, skewMicros);
        const attempts = slowToFast(seededRandom(seed), bucket, { processes, pauses });
        const requests = [...attempts].map((one) => ({
          ...one,
          offset: offsets[one.process] ?? 0,
        }));
        return measure(simulate(plain, requests));
      }),
    );
  const claims = [1, 10, 30].flatMap((seconds): Claim[] => {
    const skewMicros = seconds * 1e6;
    const shared = { formula: 'B + s/T', bound: burst + skewMicros / intervalMicros };
    return [
      {
        ...shared,
        claim: `clocks skewed by s = ${seconds} s, units beyond W/T in any W`,
        worst: worst(skewMicros, true, beyondRate),
      },
      {
        ...shared,
        claim: `s = ${seconds} s, five storms on end, units beyond W/T in the whole run: once`,
        worst: worst(skewMicros, false, overAll),
      },
    ];
  });
  const equal = { formula: 'B', bound: burst, worst: worst(30e6, true, beyondRate) };
  const claim = 'clocks skewed by 30 s, held to the bound of equal clocks';
  return [...claims, { ...equal, claim, isControl: true }];
};

/** Bounds of the buckets, for fleets whose clocks differ. */
export const bucketClaims = (seed: number, fleets: readonly number[]): Claim[] => {
  const storms = () => arrivals(seededRandom(seed), bucket);
  const hundredSeconds = settings.windowSeconds * 1e6;
  const inHundredSeconds = (limit: TokenBucket) =>
    mostInWindow(simulate(admitTo(limit), storms()), hundredSeconds);
  const byForms = beyondRate(simulate(admitByForms, storms()));
  const slack = Math.floor(busySlack * bucketMicros(bucket)) / intervalMicros;
  return [
    {
      claim: 'token bucket, units beyond W/T in any window W',
      formula: 'B',
      bound: burst,
      worst: beyondRate(simulate(plain, storms())),
    },
    {
      claim: 'its idle and busy forms (the DynamoDB store), units beyond W/T',
      formula: 'B(1 + ε), ε = 5 %',
      bound: burst + slack,
      worst: byForms,
    },
    {
      claim: 'the two forms without their slack',
      formula: 'B',
      bound: burst,
      worst: byForms,
      isControl: true,
    },
    {
      claim: 'hard cap, T = W/(L − B), units in any W',
      formula: 'L',
      bound: settings.limit,
      worst: inHundredSeconds(capped),
    },
    {
      claim: 'the same bucket without hard cap, units in any W',
      formula: 'L',
      bound: settings.limit,
      worst: inHundredSeconds(bucket),
      isControl: true,
    },
    {
      claim: 'leaky bucket, departures beyond W/T in any W',
      formula: '1',
      bound: 1,
      worst: mostBeyondRate(departures(seed), leaky.intervalMicros),
    },
    ...skewClaims(seed, fleets),
  ];
};
