import type { seededRandom } from '../../../test/support/random.ts';

export type Random = ReturnType<typeof seededRandom>;

/** A whole hour, so that windows of every length start here. */
export const startMicros = Date.UTC(2026, 0, 1) * 1000;

/** Offsets of the processes' clocks, spread evenly over `skewMicros`; both ends are taken. */
export const clockOffsets = (processes: number, skewMicros: number): readonly number[] =>
  Array.from({ length: processes }, (_, index) =>
    processes === 1 ? 0 : Math.round((index / (processes - 1) - 0.5) * skewMicros),
  );

/**
 * Storms that no bucket withstands, each after a pause: short, just past the busy form's slack, or
 * long enough to fill the bucket; then a load of twice its rate.
 */
export function* arrivals(
  random: Random,
  { burst, intervalMicros }: { readonly burst: number; readonly intervalMicros: number },
  rounds = 40,
): Generator<{ readonly micros: number; readonly cost: number }> {
  let micros = startMicros;
  for (let round = 0; round < rounds; round++) {
    const costs = random.pick([1, 1, 5]);
    for (let n = 0; n < 2.5 * burst; n++) {
      yield { micros, cost: 1 + random.below(costs) };
      micros += random.below(20);
    }
    const loadMicros = random.below(2 * burst) * intervalMicros;
    for (const end = micros + loadMicros; micros < end; ) {
      micros += random.below(intervalMicros);
      yield { micros, cost: 1 + random.below(costs) };
    }
    // Full again, and past it by nothing, by just the busy form's slack, or by more.
    micros += Math.floor(burst * intervalMicros * random.pick([0.02, 1, 1.049, 1.05, 1.2]));
  }
}

interface Attempt {
  readonly micros: number;
  readonly cost: number;
  readonly process: number;
}

/**
 * The worst for skewed clocks: the slowest process takes all there is, each faster one what its
 * clock adds; then twice the rate from all. Again after a pause, or at once (`pauses` false).
 */
export function* slowToFast(
  random: Random,
  { burst, intervalMicros }: { readonly burst: number; readonly intervalMicros: number },
  { processes, pauses }: { readonly processes: number; readonly pauses: boolean },
): Generator<Attempt> {
  let micros = startMicros;
  for (let round = 0; round < 5; round++) {
    for (let step = 0; step <= 40; step++) {
      const process = Math.round((step / 40) * (processes - 1));
      for (let n = 0; n < burst; n++) yield { micros, cost: 1, process };
    }
    for (let n = 0; n < 4 * burst; n++) {
      micros += random.below(intervalMicros);
      yield { micros, cost: 1, process: random.below(processes) };
    }
    if (pauses) micros += 5 * burst * intervalMicros;
  }
}
