import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../../functions/limiter/limiter.ts';
import { definePolicy, type LimitInput } from '../../../functions/limiter/policy.ts';
import { createMemoryLimitStore } from '../../../functions/limiter/stores/memory-limit-store.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { heapMiB } from './heap.ts';
import { bucket, hourAndBurst, ofEachAlgorithm, window } from './policies.ts';

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

  describe.each(ofEachAlgorithm(4))('with a %s', (algorithm, policy) => {
    const isWeighted = algorithm !== 'concurrency';
    const setUpOne = () => {
      const parts = setUp();
      let requests = 0;
      const take = (cost = 1, requestId = `r${requests++}`, from = parts.limiter) =>
        from.take(policy, 'a', { cost, requestId });
      const left = async () => (await parts.limiter.peek(policy, 'a')).verdicts[0]?.remaining;
      return { ...parts, take, left };
    };

    it.runIf(isWeighted)('lets no weighted denial drive it negative', async () => {
      const { take, left, process } = setUpOne();
      await take(3);
      for (let i = 0; i < 5; i++) {
        expect((await take(4, `big-${i}`, process())).allowed).toBe(false);
      }
      expect(await left()).toBe(1);
      expect((await take(1)).allowed).toBe(true);
      expect(await left()).toBe(0);
    });

    it('peeks at what has come back, and charges nothing for it', async () => {
      const { take, left, clock } = setUpOne();
      for (let i = 0; i < 4; i++) await take();
      expect(await left()).toBe(0);
      clock.advance(120_000);
      expect(await left()).toBe(4);
      expect(await left()).toBe(4);
    });

    it('admits the last unit, and not one more', async () => {
      const { take } = setUpOne();
      const taken = [];
      for (let i = 0; i < 5; i++) taken.push((await take()).allowed);
      expect(taken).toEqual([true, true, true, true, false]);
    });

    it('admits one where the limit is 1', async () => {
      const [, single] = ofEachAlgorithm(1).find(([name]) => name === algorithm) ?? [];
      const { limiter } = setUp();
      if (single === undefined) throw new Error('no policy');
      const answers = [];
      for (const requestId of ['r', 's']) {
        answers.push((await limiter.take(single, 'a', { requestId })).allowed);
      }
      expect(answers).toEqual([true, false]);
    });

    it('rounds Retry-After up, to a time that is enough', async () => {
      const { take, clock } = setUpOne();
      for (let i = 0; i < 4; i++) {
        await take();
        clock.advance(333);
      }
      const { retryAfterSeconds } = await take();
      clock.advance(retryAfterSeconds * 1000);
      expect((await take()).allowed).toBe(true);
    });

    it('refuses a time of 0 s when it is built', () => {
      const seconds = algorithm === 'concurrency' ? 'leaseSeconds' : 'windowSeconds';
      const limit = {
        algorithm,
        name: 'a',
        limit: 4,
        burst: 4,
        windowSeconds: 60,
        leaseSeconds: 60,
      };
      const limits = [{ ...limit, [seconds]: 0 } as LimitInput];
      expect(() => definePolicy({ name: 'a', limits })).toThrow(new RegExp(seconds));
    });

    it('applies a raised limit at once, though the refusal is known', async () => {
      const { take, limiter } = setUpOne();
      for (let i = 0; i < 6; i++) await take();
      const [, raised] = ofEachAlgorithm(8).find(([name]) => name === algorithm) ?? [];
      if (raised === undefined) throw new Error('no policy');
      expect((await limiter.take(raised, 'a', { requestId: 'more' })).allowed).toBe(true);
    });

    it('is not undone by the next call, nor made longer by it', async () => {
      const { take, clock } = setUpOne();
      for (let i = 0; i < 4; i++) await take();
      let last = Number.POSITIVE_INFINITY;
      for (let waited = 0; ; waited++) {
        const { allowed, retryAfterSeconds } = await take();
        if (allowed) {
          expect(waited).toBeGreaterThan(0);
          expect(last).toBe(1);
          break;
        }
        expect(retryAfterSeconds).toBeLessThan(last);
        last = retryAfterSeconds;
        clock.advance(1000);
      }
    });

    it('charges a retry once, of the last unit too, in whichever process', async () => {
      const { take, left, process } = setUpOne();
      for (let i = 0; i < 3; i++) await take();
      const answers = await Promise.all([1, 2, 3].map(() => take(1, 'again', process())));
      expect(answers.every(({ allowed }) => allowed)).toBe(true);
      expect((await take()).allowed).toBe(false);
      expect((await take(1, 'again')).allowed).toBe(true);
      expect(await left()).toBe(0);
    });
  });

  it('does not refuse a read where the limit was lowered below what is used', async () => {
    const { limiter } = setUp();
    await limiter.take(window(9, 60), 'a', { cost: 9 });
    expect(await limiter.take(window(5, 60), 'a', { cost: 0 })).toMatchObject({
      allowed: true,
      reason: 'allowed',
      verdicts: [{ remaining: 0 }],
    });
  });
});
