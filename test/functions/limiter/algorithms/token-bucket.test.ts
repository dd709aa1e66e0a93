import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assessBucket,
  bucketAttribute,
  chargeBucket,
  type TokenBucket,
} from '../../../../functions/limiter/algorithms/token-bucket.ts';

const ten: TokenBucket = {
  algorithm: 'token-bucket',
  name: 'burst',
  burst: 10,
  intervalMicros: 1_000_000,
};
const holding = (arrival?: number) => arrival;

describe('assessBucket', () => {
  it('is full when nothing is stored, or what is stored lies in the past', () => {
    const full = { fits: true, remaining: 10, resetMicros: 0, retryAfterMicros: 0 };
    expect(assessBucket(ten, holding(), 5e6, 10)).toEqual(full);
    expect(assessBucket(ten, holding(4e6), 5e6, 10)).toEqual(full);
  });

  it('counts only whole units as remaining', () => {
    expect(assessBucket(ten, holding(5.1e6), 5e6, 1)).toMatchObject({ remaining: 9 });
    expect(assessBucket(ten, holding(6e6), 5e6, 1)).toMatchObject({ remaining: 9 });
    expect(assessBucket(ten, holding(6.1e6), 5e6, 1)).toMatchObject({ remaining: 8 });
  });

  it('tells how long a cost has to wait', () => {
    const empty = holding(15e6);
    expect(assessBucket(ten, empty, 5e6, 1)).toMatchObject({ fits: false, retryAfterMicros: 1e6 });
    expect(assessBucket(ten, empty, 5e6, 4)).toMatchObject({ fits: false, retryAfterMicros: 4e6 });
    expect(assessBucket(ten, empty, 5e6, 0).fits).toBe(true);
  });

  it('admits a cost exactly when its wait is over, whatever is owed', () => {
    fc.assert(
      fc.property(fc.nat(20_000_000), fc.integer({ min: 1, max: 10 }), (owed, cost) => {
        const now = 1e15;
        const { fits, retryAfterMicros } = assessBucket(ten, holding(now + owed), now, cost);
        expect(assessBucket(ten, holding(now + owed), now + retryAfterMicros, cost).fits).toBe(
          true,
        );
        if (!fits) {
          const tooSoon = now + retryAfterMicros - 1;
          expect(assessBucket(ten, holding(now + owed), tooSoon, cost).fits).toBe(false);
        }
      }),
    );
  });
});

describe('chargeBucket', () => {
  it('starts from now when nothing is owed, and else adds to it', () => {
    expect(chargeBucket(ten, holding(1), 5e6, 2)).toBe(7e6);
    expect(chargeBucket(ten, holding(6e6), 5e6, 2)).toBe(8e6);
  });
});

describe('bucketAttribute', () => {
  it('changes with each parameter', () => {
    const names = [ten, { ...ten, burst: 11 }, { ...ten, intervalMicros: 2 }].map(bucketAttribute);
    expect(new Set(names).size).toBe(3);
  });
});
