import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyState } from '../../../../functions/limiter/algorithms/subject-state.ts';
import {
  bucketAttribute,
  delayMicros,
  type TokenBucket,
  tokenBucket,
} from '../../../../functions/limiter/algorithms/token-bucket.ts';
import { definePolicy } from '../../../../functions/limiter/policy.ts';

const interval = 1000;
const ten: TokenBucket = {
  algorithm: 'token-bucket',
  name: 'burst',
  burst: 10,
  intervalMicros: interval,
};
const attribute = bucketAttribute(ten);
const stateOf = (arrival: number) => ({ ...emptyState, numbers: { [attribute]: arrival } });

interface Take {
  readonly atMicros: number;
  readonly cost: number;
  readonly arrivalMicros: number;
  /** Units given back, by the nominal count that was asked for. */
  refunded: number;
}

interface Step {
  readonly waitMicros: number;
  readonly cost: number;
  /** Which of the takes so far to give back, and what part of it; none where undefined. */
  readonly refund?: { readonly which: number; readonly part: number } | undefined;
}

const steps = fc.array(
  fc.record({
    waitMicros: fc.oneof(fc.constant(0), fc.nat(4 * interval)),
    cost: fc.integer({ min: 1, max: 10 }),
    refund: fc.option(fc.record({ which: fc.nat(5), part: fc.constantFrom(0, 0.5, 1) }), {
      nil: undefined,
    }),
  }),
  { minLength: 5, maxLength: 40 },
);

/** Runs takes and refunds on one bucket; `watch` sees it after each step. */
const run = (
  script: readonly Step[],
  watch: (takes: readonly Take[], arrival: number, nowMicros: number) => void,
): void => {
  let [arrival, nowMicros] = [0, 1e9];
  const takes: Take[] = [];
  for (const { waitMicros, cost, refund } of script) {
    nowMicros += waitMicros;
    const open = takes.filter(({ refunded }) => refunded === 0);
    const given = refund && open[open.length - 1 - (refund.which % Math.max(open.length, 1))];
    if (refund && given) {
      const units = Math.max(Math.round(given.cost * refund.part), 1);
      const receipt = { takenMicros: given.atMicros, arrivalMicros: given.arrivalMicros };
      arrival -= tokenBucket.refund(ten, receipt, nowMicros, units, given.cost)?.[1] ?? 0;
      given.refunded = units;
    } else if (tokenBucket.assess(ten, stateOf(arrival), nowMicros, cost).fits) {
      arrival = tokenBucket.charge(ten, stateOf(arrival), nowMicros, cost)?.[1] ?? 0;
      takes.push({ atMicros: nowMicros, cost, arrivalMicros: arrival, refunded: 0 });
    }
    watch(takes, arrival, nowMicros);
  }
};

describe('a refund of a bucket', () => {
  const refund = (arrivalMicros: number | undefined, nowMicros: number, units: number) =>
    tokenBucket.refund(ten, { takenMicros: 1e9, arrivalMicros }, nowMicros, units, 4);

  it('is what the take still owes, at most the units', () => {
    const full = 1e9 + 4 * interval;
    expect(refund(full, 1e9, 4)).toEqual([attribute, 4 * interval]);
    expect(refund(full, 1e9, 1)).toEqual([attribute, interval]);
    expect(refund(full, 1e9 + 3 * interval, 4)).toEqual([attribute, interval]);
    expect(refund(full, 1e9 + 3 * interval, 1)).toEqual([attribute, interval]);
    expect(refund(full, full, 4)).toBeUndefined();
  });

  it('is nothing where the bucket was not charged', () => {
    expect(refund(undefined, 1e9, 4)).toBeUndefined();
  });

  it('never makes the bucket more lenient than if the refunded units had never been taken', () => {
    fc.assert(
      fc.property(steps, (script) => {
        run(script, (takes, arrival, nowMicros) => {
          let without = 0;
          for (const { atMicros, cost, refunded } of takes) {
            if (cost === refunded) continue;
            without =
              tokenBucket.charge(ten, stateOf(without), atMicros, cost - refunded)?.[1] ?? 0;
          }
          expect(Math.max(arrival, nowMicros)).toBeGreaterThanOrEqual(without);
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('never lets more than B + W / T units that are kept pass in any window W', () => {
    let refunds = 0;
    fc.assert(
      fc.property(steps, (script) => {
        run(script, (takes) => {
          takes.forEach((first, from) => {
            let kept = 0;
            for (const { atMicros, cost, refunded } of takes.slice(from)) {
              kept += cost - refunded;
              if (refunded > 0) refunds++;
              const most = ten.burst + (atMicros - first.atMicros) / interval;
              expect(kept).toBeLessThanOrEqual(most);
            }
          });
        });
      }),
      { numRuns: 300 },
    );
    expect(refunds).toBeGreaterThan(100);
  });
});

describe('a leaky bucket', () => {
  it('delays a request by what was ahead of it', () => {
    const leaky = { ...ten, algorithm: 'leaky-bucket' as const };
    expect(delayMicros(leaky, 1e9 + 3 * interval, 1e9, 3)).toBe(0);
    expect(delayMicros(leaky, 1e9 + 5 * interval, 1e9, 3)).toBe(2 * interval);
  });
});

describe('a hard cap', () => {
  const bucketOf = (limit: number, burst: number, hardCap: boolean) =>
    definePolicy({
      name: 'cap',
      limits: [
        { algorithm: 'token-bucket', name: 'cap', limit, burst, windowSeconds: 60, hardCap },
      ],
    }).limits[0] as TokenBucket;

  it('refills only what the burst leaves of the limit', () => {
    expect(bucketOf(100, 40, true).intervalMicros).toBe(1e6);
    expect(bucketOf(100, 40, false).intervalMicros).toBe(0.6e6);
  });

  it('never lets more than the limit pass in its window, however a caller times its takes', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 2, max: 50 })
          .chain((limit) => fc.tuple(fc.constant(limit), fc.integer({ min: 1, max: limit - 1 }))),
        fc.array(fc.nat(20e6), { minLength: 10, maxLength: 60 }),
        ([limit, burst], waits) => {
          const bucket = bucketOf(limit, burst, true);
          const name = bucketAttribute(bucket);
          const times: number[] = [];
          let [arrival, nowMicros] = [0, 1e15];
          for (const wait of waits) {
            nowMicros += wait;
            const state = () => ({ ...emptyState, numbers: { [name]: arrival } });
            // Greedy: all that is there, each time.
            while (tokenBucket.assess(bucket, state(), nowMicros, 1).fits) {
              arrival = tokenBucket.charge(bucket, state(), nowMicros, 1)?.[1] ?? 0;
              times.push(nowMicros);
            }
          }
          const within = times.map(
            (from) => times.filter((at) => at >= from && at < from + 60e6).length,
          );
          expect(Math.max(...within)).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });
});
