import { describe, expect, it } from 'vitest';
import { AppError } from '../../../functions/kernel/errors.ts';
import {
  checkCost,
  definePolicy,
  dividePolicy,
  type LimitInput,
  leasedPolicy,
  type PolicyInput,
} from '../../../functions/limiter/policy.ts';
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
const lease = { algorithm: 'concurrency', name: 'c', limit: 3, leaseSeconds: 60 } as const;
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

  it.each([
    ['a window', { ...oneWindow, burst: 5 }, 1],
    ['a concurrency limit', { ...lease, burst: 5 }, 3],
  ])('does not take %s for a bucket because it has a burst', (_, limit, most) => {
    const [built] = definePolicy({ name: 'p', limits: [limit as LimitInput] }).limits;
    expect(built).toMatchObject({ algorithm: limit.algorithm, limit: most });
  });

  it('regains only what the burst leaves of the limit where that is a hard cap', () => {
    const capped = { ...oneBucket, limit: 100, burst: 40, hardCap: true };
    expect(built({ limits: [capped] })().limits[0]).toEqual({
      algorithm: 'token-bucket',
      name: 'b',
      burst: 40,
      intervalMicros: 1_000_000,
    });
    expect(faultsOf(built({ limits: [{ ...capped, burst: 100 }] }))).toEqual(['limits[0].burst']);
    expect(faultsOf(built({ limits: [{ ...capped, hardCap: 'yes' }] }))).toEqual([
      'limits[0].hardCap',
    ]);
    const leaky = { ...capped, algorithm: 'leaky-bucket' };
    expect(faultsOf(built({ limits: [leaky] }))).toEqual(['limits[0].hardCap']);
  });

  const many = { ...oneWindow, limit: 64 };
  const leaky = { ...oneBucket, algorithm: 'leaky-bucket', burst: 64 };
  it.each([
    ['a refundable lease', { refundable: true, limits: [lease] }, ['refundable']],
    ['refunds of leased units', { refundable: true, leased: true }, ['refundable']],
    ['a leased concurrency limit', { leased: true, limits: [lease] }, ['leased']],
    ['a leased leaky bucket', { leased: true, limits: [leaky] }, ['leased']],
    ['leased shards', { leased: true, shards: 2, limits: [many] }, ['shards']],
    ['shards of a concurrency limit', { shards: 2, limits: [{ ...lease, limit: 64 }] }, ['shards']],
    ['shards of a leaky bucket', { shards: 2, limits: [leaky] }, ['shards']],
    ['parts of fewer than 16', { shards: 5, limits: [many] }, ['shards']],
    ['65 shards', { shards: 65 }, ['shards']],
    ['0 shards', { shards: 0 }, ['shards']],
    ['a flag in words', { refundable: 'false', leased: 'no' }, ['refundable', 'leased']],
    ['a lease of no time', { limits: [{ ...lease, leaseSeconds: 0 }] }, ['limits[0].leaseSeconds']],
    ['too many leases', { limits: [{ ...lease, limit: 1001 }] }, ['limits[0].limit']],
    ['two concurrency limits', { limits: [lease, { ...lease, name: 'd' }] }, ['limits']],
    [
      'a leaky bucket beside a token bucket',
      { limits: [oneBucket, { ...leaky, name: 'd' }] },
      ['limits'],
    ],
  ])('refuses %s', (_, change, fields) => {
    expect(faultsOf(built(change))).toEqual(fields);
  });

  it('accepts parts of 16', () => {
    expect(built({ shards: 4, limits: [many] })()).toMatchObject({ shards: 4 });
  });
});

describe('leasedPolicy', () => {
  it('refuses to share a limit whose units cannot be leased', () => {
    expect(leasedPolicy(window(5, 60)).leased).toBe(true);
    expect(faultsOf(() => leasedPolicy(built({ limits: [lease] })()))).toEqual(['leased']);
  });
});

describe('dividePolicy', () => {
  it('gives every part its share, at least one unit, and the same object each time', () => {
    const policy = hourAndBurst(1000, 3);
    const part = dividePolicy(policy, 8);
    expect(part.limits).toMatchObject([{ limit: 125 }, { burst: 1, intervalMicros: 8 * 3.6e6 }]);
    expect(dividePolicy(policy, 8)).toBe(part);
    expect(dividePolicy(policy, 1)).toBe(policy);
  });
});

describe('checkCost', () => {
  const policies = [hourAndBurst(1000, 100), window(50, 60)];

  it.each([0, 1, 50])('accepts %s', (cost) => {
    expect(() => checkCost(policies, cost)).not.toThrow();
  });

  it('takes the capacity of one part where a subject is sharded', () => {
    const sharded = window(100, 60, 'window', { shards: 4 });
    expect(() => checkCost([sharded], 25)).not.toThrow();
    expect(faultsOf(() => checkCost([sharded], 26))).toEqual(['cost']);
  });

  it.each([51, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (cost) => {
    expect(faultsOf(() => checkCost(policies, cost))).toEqual(['cost']);
  });
});
