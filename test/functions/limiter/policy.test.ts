import { describe, expect, it } from 'vitest';
import { AppError } from '../../../functions/kernel/errors.ts';
import { checkCost, definePolicy, type PolicyInput } from '../../../functions/limiter/policy.ts';
import { bucket, hourAndBurst, window } from './policies.ts';

const faultsOf = (make: () => unknown): string[] => {
  try {
    make();
    return [];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'validation-failed') throw error;
    return error.fields.map(({ field }) => field);
  }
};

const oneWindow = { algorithm: 'fixed-window', name: 'a', limit: 1, windowSeconds: 60 } as const;
const oneBucket = { ...oneWindow, algorithm: 'token-bucket', name: 'b', burst: 1 } as const;
const built = (change: object) => () =>
  definePolicy({ name: 'p', limits: [oneWindow, oneBucket], ...change } as PolicyInput);

describe('definePolicy', () => {
  it('fails open in enforce mode unless told otherwise', () => {
    expect(built({})()).toMatchObject({ mode: 'enforce', onFailure: 'open', insuranceDivisor: 10 });
  });

  it('lets units flow back no faster than the limit', () => {
    expect(bucket(1, 7, 60).limits[0]).toMatchObject({ intervalMicros: 8_571_429 });
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e10, '5', null, undefined])(
    'refuses %s as a limit, a window and a burst',
    (value) => {
      expect(faultsOf(built({ limits: [{ ...oneWindow, limit: value }] }))).toEqual([
        'limits[0].limit',
      ]);
      expect(faultsOf(built({ limits: [{ ...oneBucket, burst: value }] }))).toEqual([
        'limits[0].burst',
      ]);
      expect(faultsOf(built({ limits: [{ ...oneBucket, windowSeconds: value }] }))).toEqual([
        'limits[0].windowSeconds',
      ]);
    },
  );

  it('refuses rates and refill times that make no sense', () => {
    const fast = { ...oneBucket, limit: 200_000, windowSeconds: 1 };
    const slow = { ...oneBucket, burst: 1000, windowSeconds: 86_400 };
    expect(faultsOf(built({ limits: [fast] }))).toEqual(['limits[0].limit']);
    expect(faultsOf(built({ limits: [slow] }))).toEqual(['limits[0].burst']);
  });

  it('refuses names that would not fit a header, and unknown words', () => {
    expect(faultsOf(built({ name: 'a"b' }))).toEqual(['name']);
    expect(faultsOf(built({ mode: 'off', onFailure: 'maybe', insuranceDivisor: 0 }))).toEqual([
      'mode',
      'onFailure',
      'insuranceDivisor',
    ]);
    expect(faultsOf(built({ limits: [{ ...oneWindow, algorithm: 'magic' }] }))).toEqual([
      'limits[0].algorithm',
    ]);
  });

  it('refuses no limits at all, and limits that would share an attribute', () => {
    expect(faultsOf(built({ limits: [] }))).toEqual(['limits']);
    expect(faultsOf(built({ limits: [oneWindow, { ...oneWindow, name: 'c' }] }))).toEqual([
      'limits',
    ]);
    expect(faultsOf(built({ limits: [oneBucket, { ...oneBucket, name: 'c' }] }))).toEqual([
      'limits',
    ]);
    expect(faultsOf(built({ limits: [oneBucket, { ...oneWindow, name: 'b' }] }))).toEqual([
      'limits',
    ]);
  });
});

describe('checkCost', () => {
  const policies = [hourAndBurst(1000, 100), window(50, 60)];

  it.each([0, 1, 50])('accepts %s', (cost) => {
    expect(() => checkCost(policies, cost)).not.toThrow();
  });

  it.each([51, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (cost) => {
    expect(faultsOf(() => checkCost(policies, cost))).toEqual(['cost']);
  });
});
