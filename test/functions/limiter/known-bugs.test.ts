import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../../functions/limiter/limiter.ts';
import { definePolicy } from '../../../functions/limiter/policy.ts';
import { createMemoryLimitStore } from '../../../functions/limiter/stores/memory-limit-store.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { heapMiB } from './heap.ts';
import { bucket, hourAndBurst, window } from './policies.ts';

/** Each case is a bug that a published rate limiter has or had. */
const setUp = () => {
  const clock = manualClock(Date.UTC(2026, 0, 1, 12));
  const store = createMemoryLimitStore();
  const process = () => createLimiter({ store, clock });
  return { clock, store, process, limiter: process() };
};

describe('createLimiter, where others went wrong', () => {
  it('does not let a weighted denial drive a bucket negative', async () => {
    const { clock, limiter } = setUp();
    const policy = bucket(10, 1, 1);
    await limiter.take(policy, 'a', { cost: 8 });
    for (let i = 0; i < 5; i++) {
      expect((await limiter.take(policy, 'a', { cost: 10 })).allowed).toBe(false);
    }
    expect((await limiter.take(policy, 'a', { cost: 2 })).allowed).toBe(true);
    clock.advance(10_000);
    expect((await limiter.take(policy, 'a', { cost: 10 })).allowed).toBe(true);
  });

  it('counts the refill when it peeks', async () => {
    const { clock, limiter } = setUp();
    const policy = bucket(10, 1, 1);
    await limiter.take(policy, 'a', { cost: 10 });
    const remaining = async () => (await limiter.peek(policy, 'a')).verdicts[0]?.remaining;
    expect(await remaining()).toBe(0);
    clock.advance(4_000);
    expect(await remaining()).toBe(4);
    clock.advance(40_000);
    expect(await remaining()).toBe(10);
  });

  it('does not deny the last token', async () => {
    const { limiter } = setUp();
    for (const policy of [bucket(3, 1, 60), window(3, 60)]) {
      const taken = [];
      for (let i = 0; i < 4; i++) taken.push((await limiter.take(policy, 'a')).allowed);
      expect(taken).toEqual([true, true, true, false]);
    }
  });

  it('admits one where the limit is 1', async () => {
    const { limiter } = setUp();
    for (const policy of [bucket(1, 1, 60), window(1, 60), hourAndBurst(1, 1)]) {
      expect((await limiter.take(policy, 'b')).allowed).toBe(true);
      expect((await limiter.take(policy, 'b')).allowed).toBe(false);
    }
  });

  it('does not round Retry-After down', async () => {
    const { clock, limiter } = setUp();
    const policy = bucket(1, 3, 4);
    await limiter.take(policy, 'a');
    const { retryAfterSeconds } = await limiter.take(policy, 'a');
    expect(retryAfterSeconds).toBe(2);
    clock.advance(1_000);
    expect((await limiter.take(policy, 'a')).allowed).toBe(false);
    clock.advance(1_000);
    expect((await limiter.take(policy, 'a')).allowed).toBe(true);
  });

  it('refuses a window of 0 s when the policy is built, instead of never limiting', () => {
    const limit = { algorithm: 'fixed-window', name: 'a', limit: 1, windowSeconds: 0 } as const;
    expect(() => definePolicy({ name: 'a', limits: [limit] })).toThrow(/windowSeconds/);
  });

  it('does not keep a map that grows with every key', async () => {
    const clock = manualClock();
    const limiter = createLimiter({ store: createMemoryLimitStore({ maxKeys: 2_000 }), clock });
    const policy = window(1, 3600);
    const send = async (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        await limiter.take(policy, `k${i}`);
        await limiter.take(policy, `k${i}`);
      }
      return heapMiB();
    };
    const before = await send(0, 20_000);
    expect(await send(20_000, 200_000)).toBeLessThan(before + 5);
  });

  it('applies a changed limit to a subject that it knows already', async () => {
    const { limiter } = setUp();
    await limiter.take(hourAndBurst(1000, 2), 'a', { cost: 2 });
    expect((await limiter.take(hourAndBurst(1000, 2), 'a')).allowed).toBe(false);
    expect((await limiter.take(hourAndBurst(1000, 50), 'a', { cost: 40 })).allowed).toBe(true);
    expect((await limiter.take(hourAndBurst(1000, 2), 'a', { cost: 2 })).allowed).toBe(false);
  });

  it('keeps refusing whoever keeps calling, and no longer than it said', async () => {
    const { clock, limiter } = setUp();
    const policy = window(1, 60);
    await limiter.take(policy, 'a');
    for (let second = 60; second > 0; second--) {
      const decision = await limiter.take(policy, 'a');
      expect(decision).toMatchObject({ allowed: false, retryAfterSeconds: second });
      clock.advance(1_000);
    }
    expect((await limiter.take(policy, 'a')).allowed).toBe(true);
  });

  it('does not charge a retry twice, though it reaches another process after a refusal', async () => {
    const { process } = setUp();
    const [first, second] = [process(), process()];
    const policy = window(2, 60);
    const once = { requestId: 'r' };
    await first.take(policy, 'a');
    expect((await first.take(policy, 'a', once)).allowed).toBe(true);
    expect((await second.take(policy, 'a')).reason).toBe('denied');
    expect((await second.take(policy, 'a')).reason).toBe('denied-by-cache');
    expect((await second.take(policy, 'a', once)).reason).toBe('allowed');
    expect((await first.peek(policy, 'a')).verdicts[0]?.remaining).toBe(0);
  });
});
