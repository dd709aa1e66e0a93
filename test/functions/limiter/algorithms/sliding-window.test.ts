import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  mostThatWeigh,
  type SlidingWindow,
  slidingAttribute,
  slidingWindow,
  weigh,
} from '../../../../functions/limiter/algorithms/sliding-window.ts';
import { emptyState } from '../../../../functions/limiter/algorithms/subject-state.ts';

const noon = Date.UTC(2026, 0, 1, 12) * 1000;
const ofLimit = (limit: number, windowSeconds = 60): SlidingWindow => ({
  algorithm: 'sliding-window',
  name: 'sliding',
  limit,
  windowSeconds,
});
const minute = ofLimit(10);
const holding = (window: SlidingWindow, nowMicros: number, current: number, previous: number) => ({
  ...emptyState,
  numbers: {
    [slidingAttribute(window, nowMicros, 0)]: current,
    [slidingAttribute(window, nowMicros, 1)]: previous,
  },
});

/** Any window, any time in it, any counts and any cost that can fit. */
const cases = fc
  .record({
    limit: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 1e9 })),
    windowSeconds: fc.oneof(fc.constant(60), fc.integer({ min: 1, max: 366 * 86_400 })),
    part: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    current: fc.nat(1000),
    previous: fc.nat(1000),
    cost: fc.nat(1000),
  })
  .map(({ limit, windowSeconds, part, current, previous, cost }) => {
    const window = ofLimit(limit, windowSeconds);
    const micros = windowSeconds * 1e6;
    const start = Math.floor(noon / micros) * micros;
    const nowMicros = start + Math.floor(part * micros);
    const units = (permille: number) => Math.round((limit * permille) / 1000);
    const state = holding(window, nowMicros, units(current), units(previous));
    return { window, state, nowMicros, cost: Math.max(units(cost), 1) };
  });

describe('slidingWindow', () => {
  it('weighs the window before by the part in sight, rounded up', () => {
    expect(weigh(minute, 8, noon)).toBe(8);
    expect(weigh(minute, 8, noon + 15e6)).toBe(6);
    expect(weigh(minute, 8, noon + 15e6 - 1)).toBe(7);
    expect(weigh(minute, 8, noon + 60e6 - 1)).toBe(1);
    expect(weigh(minute, 0, noon)).toBe(0);
  });

  it('tells what is left, and when the cost fits', () => {
    const at = noon + 15e6;
    const state = holding(minute, at, 3, 8);
    expect(slidingWindow.assess(minute, state, at, 1)).toEqual({
      fits: true,
      remaining: 1,
      resetMicros: 105e6,
      retryAfterMicros: 0,
    });
    // 8 units weigh 5 after 22.5 s of the window.
    expect(slidingWindow.assess(minute, state, at, 2)).toMatchObject({
      fits: false,
      retryAfterMicros: 7.5e6,
    });
    // 3 + 8 is too much for this window; in the next one 3 weigh 2 after 20 s.
    expect(slidingWindow.assess(minute, state, at, 8).retryAfterMicros).toBe(45e6 + 20e6);
  });

  it('admits a lone cost once its wait is over, and not a microsecond sooner', () => {
    let waited = 0;
    fc.assert(
      fc.property(cases, ({ window, state, nowMicros, cost }) => {
        const { fits, retryAfterMicros } = slidingWindow.assess(window, state, nowMicros, cost);
        const fitsIn = (micros: number) =>
          slidingWindow.assess(window, state, nowMicros + micros, cost).fits;
        expect(fitsIn(retryAfterMicros)).toBe(true);
        if (fits) return;
        waited++;
        expect(fitsIn(retryAfterMicros - 1)).toBe(false);
      }),
      { numRuns: 2000 },
    );
    expect(waited).toBeGreaterThan(100);
  });

  it('gives back to the window that was charged while it is in sight', () => {
    const taken = { takenMicros: noon };
    const entry = [slidingAttribute(minute, noon, 0), 2];
    expect(slidingWindow.refund(minute, taken, noon + 120e6 - 1, 2, 2)).toEqual(entry);
    expect(slidingWindow.refund(minute, taken, noon + 120e6, 2, 2)).toBeUndefined();
  });
});

describe('mostThatWeigh', () => {
  it('is the last count before the weight is passed', () => {
    fc.assert(
      fc.property(cases, fc.nat(1e6), ({ window, nowMicros }, weight) => {
        const most = mostThatWeigh(window, weight, nowMicros);
        expect(weigh(window, most, nowMicros)).toBeLessThanOrEqual(weight);
        if (most < 1e12) expect(weigh(window, most + 1, nowMicros)).toBeGreaterThan(weight);
      }),
    );
  });
});
