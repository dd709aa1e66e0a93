import { describe, expect, it } from 'vitest';
import { chargeId } from '../../../../functions/limiter/algorithms/request-ids.ts';
import { bucketAttribute } from '../../../../functions/limiter/algorithms/token-bucket.ts';
import { createDenyCache } from '../../../../functions/limiter/guards/deny-cache.ts';
import type { Policy } from '../../../../functions/limiter/policy.ts';
import { heapMiB } from '../heap.ts';
import { bucket, ofEachAlgorithm, window } from '../policies.ts';

const policy = bucket(10, 1, 1);
const { limits } = policy;
const now = 1.7e15;
const owing = (units: number) => ({
  numbers: { [bucketAttribute(limits[0] as never)]: now + units * 1e6 },
  requestIds: [] as string[],
  leases: {},
});
const query = (cost: number, nowMicros = now, requestId?: string, under: Policy = policy) => ({
  policy: under,
  cost,
  nowMicros,
  requestId,
});

describe('createDenyCache', () => {
  it('refuses a cost until the time at which it fits, and only costs as high', () => {
    const cache = createDenyCache();
    cache.keep('a', owing(8), now);
    expect(cache.find('a', query(2))).toBeUndefined();
    expect(cache.find('a', query(3))).toBeDefined();
    expect(cache.find('a', query(5))).toBeDefined();
    expect(cache.find('a', query(3, now + 1e6 - 1))).toBeDefined();
    expect(cache.find('a', query(3, now + 1e6))).toBeUndefined();
    expect(cache.find('a', query(5, now + 1e6))).toBeDefined();
    expect(cache.find('b', query(5))).toBeUndefined();
  });

  it('lets the retry of a request pass that was charged before the refusal', () => {
    const cache = createDenyCache();
    cache.keep('a', { ...owing(10), requestIds: [chargeId('x', 1), chargeId('y', 1)] }, now);
    expect(cache.find('a', query(1, now, 'x'))).toBeUndefined();
    expect(cache.find('a', query(1, now, 'y'))).toBeUndefined();
    expect(cache.find('a', query(1, now, 'z'))).toBeDefined();
    expect(cache.find('a', query(2, now, 'x'))).toBeDefined();
  });

  it('learns what was charged to a subject since, if it keeps the subject', () => {
    const cache = createDenyCache();
    cache.keep('a', owing(8), now);
    cache.refresh('a', owing(10), now);
    cache.refresh('b', owing(10), now);
    expect(cache.find('a', query(1))).toBeDefined();
    expect(cache.find('b', query(1))).toBeUndefined();
  });

  it('does not outlive its window', () => {
    const cache = createDenyCache();
    const start = Math.floor(now / 10e6) * 10e6;
    const numbers = { [`w_10_${start / 10e6}`]: 1 };
    cache.keep('a', { numbers, requestIds: [], leases: {} }, start);
    const at = (nowMicros: number) =>
      cache.find('a', query(1, nowMicros, undefined, window(1, 10)));
    expect(at(start + 10e6 - 1)).toBeDefined();
    expect(at(start + 10e6)).toBeUndefined();
  });

  it('believes a refusal for 30 s, and for 1 s where units can be given back', () => {
    const cache = createDenyCache();
    const refundable = bucket(10, 1, 10, { refundable: true });
    const slow = bucket(10, 1, 10);
    const full = {
      ...owing(0),
      numbers: { [bucketAttribute(slow.limits[0] as never)]: now + 1e8 },
    };
    cache.keep('a', full, now);
    const holds = (under: Policy, ms: number, mayGoBack = false) =>
      cache.find('a', { ...query(9, now + ms * 1000, undefined, under), mayGoBack }) !== undefined;
    expect([holds(slow, 29_999), holds(slow, 30_000)]).toEqual([true, false]);
    expect([holds(refundable, 999), holds(refundable, 1000)]).toEqual([true, false]);
    expect([holds(slow, 999, true), holds(slow, 1000, true)]).toEqual([true, false]);
  });

  it('believes no refusal of a concurrency limit, whose leases end at any time', () => {
    const cache = createDenyCache();
    const [, held] = ofEachAlgorithm(1).at(-1) ?? [];
    if (held === undefined) throw new Error('no policy');
    cache.keep('a', { numbers: {}, requestIds: [], leases: { x: now + 60e6 } }, now);
    expect(cache.find('a', query(1, now, undefined, held))).toBeUndefined();
  });

  it('asks the store again when the limit is raised', () => {
    const cache = createDenyCache();
    const index = Math.floor(now / 3600e6);
    cache.keep('a', { numbers: { [`w_3600_${index}`]: 2 }, requestIds: [], leases: {} }, now);
    const under = (limit: number) => cache.find('a', query(1, now, undefined, window(limit, 3600)));
    expect(under(2)).toBeDefined();
    expect(under(3)).toBeUndefined();
  });

  it('keeps none of the records of refundable charges, a hundred numbers each', () => {
    const cache = createDenyCache();
    const numbers = { ...owing(10).numbers, r_abcdef: now, a_abcdef: now };
    cache.keep('a', { numbers, requestIds: [], leases: {} }, now);
    expect(cache.find('a', query(1))?.numbers).toEqual(owing(10).numbers);
  });

  it('stays bounded under 200,000 keys', () => {
    const cache = createDenyCache({ maxKeys: 5_000 });
    const requestIds = Array.from({ length: 20 }, (_, i) => chargeId(`r${i}`, 1));
    const send = (from: number, to: number) => {
      for (let i = from; i < to; i++) cache.keep(`key#${i}`, { ...owing(10), requestIds }, now);
      return heapMiB();
    };
    const before = send(0, 20_000);
    expect(send(20_000, 200_000)).toBeLessThan(before + 5);
  });
});
