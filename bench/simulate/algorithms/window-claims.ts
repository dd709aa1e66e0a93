import {
  type FixedWindow,
  windowIndex,
} from '../../../functions/limiter/algorithms/fixed-window.ts';
import { assess, chargeAll, type Limit } from '../../../functions/limiter/algorithms/limit.ts';
import type { SlidingWindow } from '../../../functions/limiter/algorithms/sliding-window.ts';
import { emptyState } from '../../../functions/limiter/algorithms/subject-state.ts';
import { seededRandom } from '../../../test/support/random.ts';
import { type Admission, mostInWindow, mostOfLabel } from '../admissions.ts';
import type { Claim } from '../claim.ts';
import { clockOffsets, type Random, startMicros } from './arrivals.ts';

const limit = 100;
const windowSeconds = 60;
const windowMicros = windowSeconds * 1e6;
const fixed: FixedWindow = { algorithm: 'fixed-window', name: 'minute', limit, windowSeconds };
const sliding: SlidingWindow = {
  algorithm: 'sliding-window',
  name: 'minute',
  limit,
  windowSeconds,
};

interface Labelled extends Admission {
  /** What the clock of the process that asked said. */
  readonly clockMicros: number;
}

interface Attempt {
  readonly micros: number;
  readonly offset: number;
}

const admit = (window: Limit, attempts: Iterable<Attempt>): Labelled[] => {
  let numbers: Record<string, number> = {};
  const admissions: Labelled[] = [];
  for (const { micros, offset } of attempts) {
    const clockMicros = micros + offset;
    const state = { ...emptyState, numbers };
    if (!assess(window, state, clockMicros, 1).fits) continue;
    numbers = { ...numbers, ...Object.fromEntries(chargeAll([window], state, clockMicros, 1)) };
    admissions.push({ micros, units: 1, clockMicros });
  }
  return admissions;
};

/** A burst at a random time of each window; in every other pair of windows a load besides. */
function* randomBursts(random: Random, offsets: readonly number[]): Generator<Attempt> {
  for (let window = 0; window < 60; window++) {
    const burstAt = random.pick([0, 1, 599, random.below(600)]);
    for (let step = 0; step < 600; step++) {
      const micros = startMicros + window * windowMicros + (step * windowMicros) / 600;
      const isLoaded = window % 4 > 1 && random.below(3) === 0;
      const tries = step === burstAt ? limit : isLoaded ? 1 : 0;
      for (let n = 0; n < tries; n++) yield { micros, offset: random.pick(offsets) };
    }
  }
}

/** All of one window at its last moment; then each unit as soon as it fits. */
function* lastMomentThenGreedy(): Generator<Attempt> {
  const end = startMicros + windowMicros;
  for (let n = 0; n < limit; n++) yield { micros: end - 1, offset: 0 };
  for (let step = 0; step < 6000; step++) {
    yield { micros: end + (step * windowMicros) / 6000, offset: 0 };
  }
}

/** All of one window by the slowest clock, the next by any, the one after that by the fastest. */
function* slowThenFast(skewMicros: number): Generator<Attempt> {
  const boundary = startMicros + windowMicros;
  const [slow, fast] = [-skewMicros / 2, skewMicros / 2];
  const burst = (micros: number, offset: number) =>
    Array.from({ length: limit }, (): Attempt => ({ micros, offset }));
  yield* burst(boundary - slow - 1, slow);
  yield* burst(boundary + windowMicros / 2, 0);
  yield* burst(boundary + windowMicros - fast, fast);
}

/** Sixty times what the limit lets through, evenly. */
function* evenOverload(): Generator<Attempt> {
  for (let step = 0; step < 12_000; step++) {
    yield { micros: startMicros + (step * windowMicros) / 6000, offset: 0 };
  }
}

export const windowClaims = (seed: number, fleets: readonly number[]): Claim[] => {
  const skewMicros = 30e6;
  const inAny = (all: readonly Labelled[]) => mostInWindow(all, windowMicros);
  const byLabel = (all: readonly Labelled[]) =>
    mostOfLabel(all, ({ clockMicros }) => windowIndex(fixed, clockMicros));
  const runs = (window: Limit, skew: number) =>
    fleets.map((processes) =>
      admit(window, randomBursts(seededRandom(seed), clockOffsets(processes, skew))),
    );
  const fixedRuns = [...runs(fixed, 0), admit(fixed, lastMomentThenGreedy())];
  const skewedRuns = [...runs(fixed, skewMicros), admit(fixed, slowThenFast(skewMicros))];
  const slidingRuns = runs(sliding, 0);
  const even = admit(sliding, evenOverload());
  const greedy = admit(sliding, lastMomentThenGreedy());
  const worst = (all: readonly Labelled[][], measure: (one: Labelled[]) => number) =>
    Math.max(...all.map(measure));
  const fixedAny = worst(fixedRuns, inAny);
  return [
    {
      claim: 'fixed window, units in each aligned window',
      formula: 'L',
      bound: limit,
      worst: worst(fixedRuns, byLabel),
    },
    { claim: 'fixed window, units in any W', formula: '2L', bound: 2 * limit, worst: fixedAny },
    {
      claim: 'fixed window held to L in any W',
      formula: 'L',
      bound: limit,
      worst: fixedAny,
      isControl: true,
    },
    {
      claim: 'fixed window, clocks skewed by 30 s, units in each window by the asking clock',
      formula: 'L',
      bound: limit,
      worst: worst(skewedRuns, byLabel),
    },
    {
      claim: 'the same, units in any W of true time',
      formula: '3L (2L with equal clocks)',
      bound: 3 * limit,
      worst: worst(skewedRuns, inAny),
    },
    {
      claim: 'sliding window counter, units in any W, even overload',
      formula: 'L',
      bound: limit,
      worst: inAny(even),
    },
    {
      claim: 'sliding window counter, units in any W, bursts at random',
      formula: '2L − 1',
      bound: 2 * limit - 1,
      worst: worst(slidingRuns, inAny),
    },
    {
      claim: 'sliding window counter, units in any W, burst at the last moment, then greedy',
      formula: '2L − 1',
      bound: 2 * limit - 1,
      worst: inAny(greedy),
    },
  ];
};
