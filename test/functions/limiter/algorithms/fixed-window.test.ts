import { describe, expect, it } from 'vitest';
import {
  type FixedWindow,
  fixedWindow,
  windowAttribute,
  windowEndMicros,
} from '../../../../functions/limiter/algorithms/fixed-window.ts';
import {
  emptyState,
  type SubjectState,
} from '../../../../functions/limiter/algorithms/subject-state.ts';

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

  it('changes when the window ends', () => {
    const end = windowEndMicros(hour, noon);
    expect(end).toBe(noon + 3600e6);
    expect(windowAttribute(hour, end - 1)).not.toBe(windowAttribute(hour, end));
  });
});

describe('fixedWindow', () => {
  const state = (count?: number): SubjectState => ({
    ...emptyState,
    numbers: count === undefined ? {} : { [windowAttribute(hour, noon)]: count },
  });
  const { assess } = fixedWindow;

  it('has room up to the limit', () => {
    expect(assess(hour, state(), noon, 10)).toEqual({
      fits: true,
      remaining: 10,
      resetMicros: 3600e6,
      retryAfterMicros: 0,
    });
    expect(assess(hour, state(9), noon, 1).fits).toBe(true);
    expect(assess(hour, state(9), noon + 600e6, 2)).toEqual({
      fits: false,
      remaining: 1,
      resetMicros: 3000e6,
      retryAfterMicros: 3000e6,
    });
  });

  it('has nothing left, rather than less, when the limit was lowered', () => {
    expect(assess(hour, state(50), noon, 1)).toMatchObject({ fits: false, remaining: 0 });
  });

  it('adds what is charged, and gives back to the window that was charged only', () => {
    const attribute = windowAttribute(hour, noon);
    expect(fixedWindow.charge(hour, state(4), noon, 3)).toEqual([attribute, 7]);
    const taken = { takenMicros: noon };
    expect(fixedWindow.refund(hour, taken, noon + 3600e6 - 1, 2, 3)).toEqual([attribute, 2]);
    expect(fixedWindow.refund(hour, taken, noon + 3600e6, 2, 3)).toBeUndefined();
  });
});
