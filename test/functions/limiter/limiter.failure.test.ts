import { describe, expect, it } from 'vitest';
import { hourAndBurst, window } from './policies.ts';
import { counted, watchedLimiter as setUp } from './watched-limiter.ts';

describe('createLimiter', () => {
  describe('while the store is down', () => {
    it('fails open within the insurance, says so and counts it', async () => {
      const { limiter, count, fail } = setUp();
      fail(true);
      const policy = hourAndBurst(1000, 20, { insuranceDivisor: 10 });
      const reasons = [];
      for (let i = 0; i < 4; i++) reasons.push((await limiter.take(policy, 'a')).reason);
      expect(reasons).toEqual([
        'failed-open',
        'failed-open',
        'denied-by-insurance',
        'denied-by-insurance',
      ]);
      expect(counted(count)).toEqual([
        'LimiterFailedOpen key',
        'LimiterFailedOpen key',
        'LimiterFailedOpen key',
        'LimiterInsuranceDenied key',
        'LimiterFailedOpen key',
        'LimiterInsuranceDenied key',
      ]);
      expect(count.mock.calls[0]?.[2]).toMatchObject({ message: 'down' });
    });

    it('fails closed where the policy says so', async () => {
      const { limiter, count, fail } = setUp();
      fail(true);
      const policy = hourAndBurst(1000, 20, { onFailure: 'closed' });
      for (let i = 0; i < 6; i++) {
        expect(await limiter.take(policy, 'a')).toMatchObject({
          allowed: false,
          reason: 'failed-closed',
          retryAfterSeconds: i < 4 ? 1 : 2,
        });
      }
      expect(await limiter.peek(policy, 'a')).toMatchObject({ reason: 'failed-closed' });
      expect(counted(count)).toContain('LimiterFailedClosed key');
    });

    it('leaves the store alone once the breaker is open, and comes back half-open', async () => {
      const { limiter, clock, calls, fail } = setUp();
      const policy = hourAndBurst(1000, 100, { insuranceDivisor: 1 });
      fail(true);
      for (let i = 0; i < 20; i++) await limiter.take(policy, 'a');
      expect(calls).toHaveLength(5);
      fail(false);
      expect((await limiter.take(policy, 'a')).reason).toBe('failed-open');
      clock.advance(2_000);
      expect((await limiter.take(policy, 'a')).reason).toBe('allowed');
      expect((await limiter.take(policy, 'a')).reason).toBe('allowed');
    });

    it('lets a peek through where the policy fails open', async () => {
      const { limiter, fail } = setUp();
      fail(true);
      expect(await limiter.peek(window(1, 60), 'a')).toMatchObject({
        allowed: true,
        reason: 'failed-open',
      });
    });
  });
});
