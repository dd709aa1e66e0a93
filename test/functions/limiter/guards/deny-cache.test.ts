import { describe, expect, it } from 'vitest';
import { shortId } from '../../../../functions/limiter/algorithms/request-ids.ts';
import { bucketAttribute } from '../../../../functions/limiter/algorithms/token-bucket.ts';
import { createDenyCache } from '../../../../functions/limiter/guards/deny-cache.ts';
import { heapMiB } from '../heap.ts';
import { bucket, window } from '../policies.ts';

const { limits } = bucket(10, 1, 1);
const now = 1.7e15;
const owing = (units: number) => ({
  numbers: { [bucketAttribute(limits[0] as never)]: now + units * 1e6 },
  requestIds: [] as string[],
});
const query = (cost: number, nowMicros = now, requestId?: string) => ({
  limits,
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
    cache.keep('a', { ...owing(10), requestIds: [shortId('x'), shortId('y')] }, now);
    expect(cache.find('a', query(1, now, 'x'))).toBeUndefined();
    expect(cache.find('a', query(1, now, 'y'))).toBeUndefined();
    expect(cache.find('a', query(1, now, 'z'))).toBeDefined();
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
    const minute = window(1, 60).limits;
    const start = Math.floor(now / 60e6) * 60e6;
    cache.keep('a', { numbers: { [`w_60_${start / 60e6}`]: 1 }, requestIds: [] }, start);
    const at = (nowMicros: number) =>
      cache.find('a', { limits: minute, cost: 1, nowMicros, requestId: undefined });
    expect(at(start + 60e6 - 1)).toBeDefined();
    expect(at(start + 60e6)).toBeUndefined();
  });

  it('holds no longer than asked where units can be given back', () => {
    const cache = createDenyCache({ maxHoldMs: 1000 });
    cache.keep('a', owing(10), now);
    expect(cache.find('a', query(5, now + 1e6 - 1))).toBeDefined();
    expect(cache.find('a', query(5, now + 1e6))).toBeUndefined();
  });

  it('stays bounded under 200,000 keys', () => {
    const cache = createDenyCache({ maxKeys: 5_000 });
    const requestIds = Array.from({ length: 20 }, (_, i) => shortId(`r${i}`));
    const send = (from: number, to: number) => {
      for (let i = from; i < to; i++) cache.keep(`key#${i}`, { ...owing(10), requestIds }, now);
      return heapMiB();
    };
    const before = send(0, 20_000);
    expect(send(20_000, 200_000)).toBeLessThan(before + 5);
  });
});
