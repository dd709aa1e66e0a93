import { describe, expect, it } from 'vitest';
import {
  assessWindow,
  type FixedWindow,
  windowAttribute,
  windowEndMicros,
  windowEndOfAttribute,
} from '../../../../functions/limiter/algorithms/fixed-window.ts';

const hour: FixedWindow = {
  algorithm: 'fixed-window',
  name: 'hour',
  limit: 10,
  windowSeconds: 3600,
};
const noon = Date.UTC(2026, 0, 1, 12) * 1000;

describe('windowAttribute', () => {
  it('names the window that a time lies in', () => {
    expect(windowAttribute(hour, noon)).toBe(windowAttribute(hour, noon + 3600e6 - 1));
    expect(windowAttribute(hour, noon)).not.toBe(windowAttribute(hour, noon + 3600e6));
  });

  it('can be read back', () => {
    expect(windowEndOfAttribute(windowAttribute(hour, noon))).toBe(windowEndMicros(hour, noon));
    expect(windowEndOfAttribute('t_1_2')).toBeUndefined();
  });
});

describe('assessWindow', () => {
  it('has room up to the limit', () => {
    const used = (count?: number) => () => count;
    expect(assessWindow(hour, used(), noon, 10)).toEqual({
      fits: true,
      remaining: 10,
      resetMicros: 3600e6,
      retryAfterMicros: 0,
    });
    expect(assessWindow(hour, used(9), noon, 1).fits).toBe(true);
    expect(assessWindow(hour, used(9), noon + 600e6, 2)).toEqual({
      fits: false,
      remaining: 1,
      resetMicros: 3000e6,
      retryAfterMicros: 3000e6,
    });
  });

  it('has nothing left, rather than less, when the limit was lowered', () => {
    expect(assessWindow(hour, () => 50, noon, 1)).toMatchObject({ fits: false, remaining: 0 });
  });
});
