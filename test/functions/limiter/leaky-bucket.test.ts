import { describe, expect, it } from 'vitest';
import { definePolicy, type PolicyInput } from '../../../functions/limiter/policy.ts';
import { watchedLimiter as setUp } from './watched-limiter.ts';

/** One unit flows out a second; five may wait. */
const leaky = (flags: Partial<PolicyInput> = {}) =>
  definePolicy({
    name: 'leaky',
    limits: [{ algorithm: 'leaky-bucket', name: 'flow', burst: 5, limit: 60, windowSeconds: 60 }],
    ...flags,
  });

describe('createLimiter with a leaky bucket', () => {
  it('spaces what it admits, and refuses what would not fit', async () => {
    const { limiter, clock } = setUp();
    const delays = [];
    for (let i = 0; i < 5; i++) delays.push((await limiter.take(leaky(), 'a')).delayMs);
    expect(delays).toEqual([0, 1000, 2000, 3000, 4000]);
    expect(await limiter.take(leaky(), 'a')).toMatchObject({
      allowed: false,
      delayMs: 0,
      retryAfterSeconds: 1,
    });
    clock.advance(2500);
    expect((await limiter.take(leaky(), 'a')).delayMs).toBe(2500);
  });

  it('keeps a cost waiting for what is before it, not for itself', async () => {
    const { limiter } = setUp();
    expect((await limiter.take(leaky(), 'a', { cost: 3 })).delayMs).toBe(0);
    expect((await limiter.take(leaky(), 'a', { cost: 2 })).delayMs).toBe(3000);
  });

  it('keeps the retry of a delayed request waiting, too', async () => {
    const { limiter } = setUp();
    await limiter.take(leaky(), 'a', { cost: 3 });
    expect((await limiter.take(leaky(), 'a', { requestId: 'r' })).delayMs).toBe(3000);
    expect((await limiter.take(leaky(), 'a', { requestId: 'r' })).delayMs).toBe(3000);
  });

  it('delays nothing for a peek, and nobody in shadow mode', async () => {
    const { limiter } = setUp();
    await limiter.take(leaky(), 'a', { cost: 3 });
    expect((await limiter.peek(leaky(), 'a')).delayMs).toBe(0);
    expect(await limiter.take(leaky({ mode: 'shadow' }), 'a')).toMatchObject({
      allowed: true,
      delayMs: 0,
    });
  });

  it('lets whatever it admitted flow out evenly', async () => {
    const { limiter, clock } = setUp();
    const out: number[] = [];
    for (let i = 0; i < 60; i++) {
      const { allowed, delayMs } = await limiter.take(leaky(), 'a');
      if (allowed) out.push(clock.now() + delayMs);
      clock.advance((i * 7919) % 1700);
    }
    const gaps = out.slice(1).map((at, index) => at - (out[index] ?? 0));
    expect(out.length).toBeGreaterThan(30);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
  });
});
