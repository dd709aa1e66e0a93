import { describe, expect, it } from 'vitest';
import { definePolicy } from '../../../../functions/limiter/policy.ts';
import { window } from '../policies.ts';
import { counted, watchedLimiter } from '../watched-limiter.ts';

const million = window(1_000_000, 3600, 'window', { leased: true });
const small = window(16, 3600, 'window', { leased: true });

const setUp = (options = {}) => {
  const parts = watchedLimiter(options);
  const charged = async () => {
    const { numbers } = await parts.memory.peek('window#a', parts.clock.now() * 1000);
    return Object.values(numbers).reduce((sum, each) => sum + each, 0);
  };
  return { ...parts, charged };
};

describe('createLimiter with a leased policy', () => {
  it('pays one write for ten requests of a large limit', async () => {
    const { limiter, calls } = setUp();
    for (let i = 0; i < 10; i++) await limiter.take(million, 'a');
    expect(calls).toEqual(['take window#a 10']);
  });

  it('keeps what it holds when an equal policy comes as another object', async () => {
    const { limiter, calls } = setUp();
    for (let i = 0; i < 10; i++) {
      await limiter.take(window(1_000_000, 3600, 'window', { leased: true }), 'a');
    }
    expect(calls).toHaveLength(1);
    await limiter.take(window(2_000_000, 3600, 'window', { leased: true }), 'a');
    expect(calls).toHaveLength(2);
  });

  it('admits exactly the limit, and says when it is used up', async () => {
    const { limiter, another, count } = setUp();
    const other = another();
    let admitted = 0;
    for (let i = 0; i < 40; i++) {
      if ((await (i % 2 ? limiter : other).take(small, 'a')).allowed) admitted++;
    }
    expect(admitted).toBe(16);
    expect(counted(count).slice(0, 3)).toEqual([
      'LimiterDenied window',
      'LimiterDenied window',
      'LimiterDeniedByCache window',
    ]);
  });

  it('charges a retry once in this process, before and after its original is answered', async () => {
    const { limiter } = setUp();
    const take = (requestId: string) => limiter.take(small, 'a', { requestId });
    const inFlight = await Promise.all([take('r'), take('r'), take('r')]);
    expect(inFlight.every(({ allowed }) => allowed)).toBe(true);
    expect((await take('r')).allowed).toBe(true);
    for (let i = 0; i < 15; i++) expect((await take(`s${i}`)).allowed).toBe(true);
    expect((await take('t')).allowed).toBe(false);
    expect((await take('r')).allowed).toBe(true);
  });

  it('charges it again after 90 s, and for another cost', async () => {
    const { limiter, clock, charged } = setUp();
    await limiter.take(small, 'a', { requestId: 'r' });
    await limiter.take(small, 'a', { requestId: 'r', cost: 2 });
    expect(await charged()).toBe(3);
    clock.advance(90_000);
    await limiter.take(small, 'a', { requestId: 'r' });
    expect(await charged()).toBe(4);
  });

  it('takes the retry of a refused request for a new one', async () => {
    const { limiter, clock } = setUp();
    await limiter.take(small, 'a', { cost: 16 });
    expect((await limiter.take(small, 'a', { requestId: 'r' })).allowed).toBe(false);
    clock.advance(3_600_000);
    expect((await limiter.take(small, 'a', { requestId: 'r' })).reason).toBe('allowed');
  });

  it('gives its units back for what a narrower subject refuses, retries in flight included', async () => {
    const { limiter, charged } = setUp();
    const own = window(1, 3600, 'own');
    const within = [{ policy: small, key: 'a' }];
    await limiter.take(own, 'ann');
    for (let i = 0; i < 5; i++) {
      const requestId = `r${i}`;
      const both = [1, 2].map(() => limiter.take(own, 'ann', { within, requestId }));
      for (const { allowed } of await Promise.all(both)) expect(allowed).toBe(false);
    }
    for (let i = 0; i < 16; i++) expect((await limiter.take(small, 'a')).allowed).toBe(true);
    expect(await charged()).toBe(16);
  });

  it('tells in words of the present when a request waited into another window', async () => {
    const { limiter, clock, memory, onCall } = setUp();
    clock.advance(3_599_000);
    const nowMicros = (clock.now() + 1000) * 1000;
    await memory.take({ key: 'window#a', limits: small.limits, cost: 16, nowMicros });
    await limiter.take(small, 'a', { cost: 16 });
    onCall(async () => clock.advance(1000));
    const refused = await limiter.take(small, 'a');
    expect(refused).toMatchObject({ allowed: false, retryAfterSeconds: 3600 });
  });

  it('finds out within 30 s that another process reset the limit', async () => {
    const { limiter, another, clock } = setUp();
    await limiter.take(small, 'a', { cost: 16 });
    expect((await limiter.take(small, 'a')).reason).toBe('denied');
    await another().reset(small, 'a');
    clock.advance(29_999);
    expect((await limiter.take(small, 'a')).reason).toBe('denied-by-cache');
    clock.advance(1);
    expect((await limiter.take(small, 'a')).allowed).toBe(true);
  });

  it('gives unspent units back when it is closed, once', async () => {
    const { limiter, calls, charged } = setUp({ returnsLeases: true });
    for (let i = 0; i < 3; i++) await limiter.take(million, 'a');
    expect(await charged()).toBe(10);
    await limiter.close();
    expect(await charged()).toBe(3);
    await limiter.close();
    expect(calls).toEqual(['take window#a 10', 'refund window#a 7']);
  });

  it('gives nothing back of a lease that has lapsed, or unless it is told to', async () => {
    const lapsed = setUp({ returnsLeases: true });
    await lapsed.limiter.take(million, 'a');
    lapsed.clock.advance(180_000);
    await lapsed.limiter.close();
    expect(lapsed.calls).toEqual(['take window#a 10']);
    const frozen = setUp();
    await frozen.limiter.take(million, 'a');
    await frozen.limiter.close();
    expect(frozen.calls).toEqual(['take window#a 10']);
  });

  it('spends what it holds while the store is down, and then the insurance', async () => {
    const { limiter, fail } = setUp();
    await limiter.take(million, 'a');
    fail(true);
    const reasons = [];
    for (let i = 0; i < 10; i++) reasons.push((await limiter.take(million, 'a')).reason);
    expect(reasons).toEqual([...Array(9).fill('allowed'), 'failed-open']);
  });

  it('refuses nobody in shadow mode', async () => {
    const { limiter, count } = setUp();
    const shadow = { ...small, mode: 'shadow' as const };
    for (let i = 0; i < 20; i++) expect((await limiter.take(shadow, 'a')).allowed).toBe(true);
    expect(counted(count)).toEqual(Array(4).fill('LimiterShadowed window'));
  });

  it('shares no concurrency limit', () => {
    const limit = { algorithm: 'concurrency', name: 'c', limit: 5, leaseSeconds: 60 } as const;
    const shared = definePolicy({ name: 'c', limits: [limit] });
    expect(() => watchedLimiter({ shared })).toThrow(/leased/);
  });
});
