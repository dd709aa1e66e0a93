import { describe, expect, it } from 'vitest';
import { hourAndBurst, window } from './policies.ts';
import { counted, watchedLimiter as setUp } from './watched-limiter.ts';

describe('createLimiter', () => {
  it('answers with a verdict for each limit', async () => {
    const { limiter } = setUp();
    expect(await limiter.take(hourAndBurst(1000, 100), 'a', { cost: 3 })).toMatchObject({
      allowed: true,
      reason: 'allowed',
      retryAfterSeconds: 0,
      verdicts: [
        {
          allowed: true,
          policy: 'hour',
          limit: 1000,
          remaining: 997,
          resetSeconds: 3600,
          retryAfterSeconds: 0,
          reason: 'allowed',
        },
        { policy: 'burst', limit: 100, remaining: 97, resetSeconds: 11, reason: 'allowed' },
      ],
    });
  });

  it('tells which limit refuses, and for how long', async () => {
    const { limiter, count } = setUp();
    const policy = hourAndBurst(1000, 2);
    await limiter.take(policy, 'a', { cost: 2 });
    const decision = await limiter.take(policy, 'a');
    expect(decision).toMatchObject({ allowed: false, reason: 'denied', retryAfterSeconds: 4 });
    expect(decision.verdicts.map(({ allowed, reason }) => [allowed, reason])).toEqual([
      [true, 'allowed'],
      [false, 'denied'],
    ]);
    expect(counted(count)).toEqual(['LimiterDenied key']);
  });

  it('asks the store nothing about a refusal that it knows to hold', async () => {
    const { limiter, calls, count } = setUp();
    const policy = window(1, 60);
    for (let i = 0; i < 10; i++) await limiter.take(policy, 'a');
    expect(calls).toEqual(['take window#a 1', 'take window#a 1']);
    expect(counted(count)).toEqual([
      'LimiterDenied window',
      ...Array(8).fill('LimiterDeniedByCache window'),
    ]);
  });

  it('refuses a cost that can never fit without asking the store', async () => {
    const { limiter, calls } = setUp({ shared: window(50, 3600, 'global') });
    const policy = hourAndBurst(1000, 100);
    for (const cost of [51, 101, -1, 0.5, Number.NaN]) {
      await expect(limiter.take(policy, 'a', { cost })).rejects.toThrow(/cost/);
    }
    expect(calls).toEqual([]);
  });

  it('only reads for a cost of 0', async () => {
    const { limiter, calls } = setUp();
    expect(await limiter.take(window(1, 60), 'a', { cost: 0 })).toMatchObject({ allowed: true });
    expect(calls).toEqual(['peek window#a']);
  });

  it('peeks at what a cost would meet', async () => {
    const { limiter } = setUp();
    const policy = window(3, 60);
    await limiter.take(policy, 'a', { cost: 2 });
    expect(await limiter.peek(policy, 'a')).toMatchObject({ allowed: true });
    const refused = await limiter.peek(policy, 'a', { cost: 2 });
    expect(refused).toMatchObject({ allowed: false, reason: 'denied', retryAfterSeconds: 60 });
    expect((await limiter.peek(policy, 'a')).verdicts[0]?.remaining).toBe(1);
  });

  it('keeps keys and policies apart, however long the key', async () => {
    const { limiter, calls } = setUp();
    const policy = window(1, 60);
    expect((await limiter.take(policy, 'x'.repeat(10_000))).allowed).toBe(true);
    expect((await limiter.take(policy, 'x'.repeat(10_001))).allowed).toBe(true);
    expect((await limiter.take(window(1, 60, 'other'), 'x'.repeat(10_000))).allowed).toBe(true);
    expect(Math.max(...calls.map(({ length }) => length))).toBeLessThan(100);
  });

  it('refuses nobody in shadow mode, and counts whom it would have', async () => {
    const { limiter, count, calls } = setUp();
    const policy = hourAndBurst(1000, 1, { mode: 'shadow' });
    const reasons = [];
    for (let i = 0; i < 3; i++) {
      const { allowed, reason } = await limiter.take(policy, 'a');
      reasons.push([allowed, reason]);
    }
    expect(reasons).toEqual([
      [true, 'allowed'],
      [true, 'shadowed'],
      [true, 'shadowed'],
    ]);
    expect(counted(count)).toEqual(['LimiterShadowed key', 'LimiterShadowed key']);
    expect(calls).toHaveLength(2);
  });

  describe('with a limit that all subjects share', () => {
    it('takes it by lease before the subject, and refuses all when it is used up', async () => {
      const { limiter, calls } = setUp({ shared: window(8, 3600, 'global') });
      for (let i = 0; i < 8; i++) {
        expect((await limiter.take(hourAndBurst(1000, 100), `k${i}`)).allowed).toBe(true);
      }
      const refused = await limiter.take(hourAndBurst(1000, 100), 'k9');
      expect(refused).toMatchObject({ allowed: false, reason: 'denied', retryAfterSeconds: 3600 });
      expect(refused.verdicts).toMatchObject([{ policy: 'global', limit: 8, remaining: 0 }]);
      const asked = calls.length;
      expect((await limiter.take(hourAndBurst(1000, 100), 'k9')).reason).toBe('denied-by-cache');
      expect(calls).toHaveLength(asked);
    });

    it('charges it for no request that the subject refuses', async () => {
      const { limiter, memory, clock } = setUp({ shared: window(16, 3600, 'global') });
      for (let i = 0; i < 100; i++) await limiter.take(window(1, 3600), 'a');
      const { numbers } = await memory.peek('global#all', clock.now() * 1000);
      expect(Object.values(numbers)).toEqual([2]);
      for (let i = 0; i < 15; i++) {
        expect((await limiter.take(window(1, 3600), `other${i}`)).allowed).toBe(true);
      }
    });

    it('charges it once for a request that is retried', async () => {
      const { limiter } = setUp({ shared: window(2, 3600, 'global') });
      const policy = hourAndBurst(1000, 100);
      await limiter.take(policy, 'a', { requestId: 'r' });
      expect((await limiter.take(policy, 'a', { requestId: 'r' })).allowed).toBe(true);
      expect((await limiter.take(policy, 'a', { requestId: 's' })).allowed).toBe(true);
    });

    it('says so when the subject could be charged but not the shared limit', async () => {
      const { limiter, fail, calls } = setUp({ shared: window(100, 3600, 'global') });
      fail(true);
      const decision = limiter.take(hourAndBurst(1000, 100), 'a');
      fail(false);
      expect(await decision).toMatchObject({ allowed: true, reason: 'failed-open' });
      expect(calls[0]).toMatch(/^take global#all/);
    });
  });
});
