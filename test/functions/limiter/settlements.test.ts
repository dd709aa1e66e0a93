import { describe, expect, it } from 'vitest';
import { ofEachAlgorithm, window } from './policies.ts';
import { counted, watchedLimiter as setUp } from './watched-limiter.ts';

const refundable = window(10, 60, 'window', { refundable: true });
const held = (limit: number) => {
  const [, policy] = ofEachAlgorithm(limit).at(-1) ?? [];
  if (policy === undefined) throw new Error('no policy');
  return policy;
};

describe('refund', () => {
  for (const [algorithm, policy] of ofEachAlgorithm(10, { refundable: false }).slice(0, 4)) {
    const own = { ...policy, refundable: true };
    it(`gives units of a ${algorithm} back once, from any process`, async () => {
      const { limiter, another } = setUp();
      await limiter.take(own, 'a', { cost: 6, requestId: 'r' });
      await limiter.take(own, 'a', { cost: 4, requestId: 's' });
      const charge = { requestId: 'r', cost: 6, units: 5 };
      expect(await another().refund(own, 'a', charge)).toBe('settled');
      expect(await limiter.refund(own, 'a', charge)).toBe('unknown');
      expect((await limiter.peek(own, 'a')).verdicts[0]?.remaining).toBe(5);
    });

    it(`gives nothing of a ${algorithm} back that has flowed back, or is of another time`, async () => {
      const { limiter, clock } = setUp();
      await limiter.take(own, 'a', { cost: 10, requestId: 'r' });
      clock.advance(120_000);
      await limiter.take(own, 'a', { cost: 10, requestId: 's' });
      await limiter.refund(own, 'a', { requestId: 'r', cost: 10 });
      expect((await limiter.peek(own, 'a')).verdicts[0]?.remaining).toBe(0);
    });
  }

  it('asks for the cost that was charged, and no more units than that', async () => {
    const { limiter, calls } = setUp();
    await limiter.take(refundable, 'a', { cost: 2, requestId: 'r' });
    expect(await limiter.refund(refundable, 'a', { requestId: 'r', cost: 9 })).toBe('unknown');
    expect(await limiter.refund(refundable, 'b', { requestId: 'r', cost: 2 })).toBe('unknown');
    const asked = calls.length;
    for (const units of [3, -1, 0.5, Number.NaN]) {
      const wrong = limiter.refund(refundable, 'a', { requestId: 'r', cost: 2, units });
      await expect(wrong).rejects.toThrow(/units/);
    }
    await expect(
      limiter.commit(refundable, 'a', { requestId: 'r', cost: 2.5, actual: 1 }),
    ).rejects.toThrow(/cost/);
    expect(calls).toHaveLength(asked);
    expect(await limiter.refund(refundable, 'a', { requestId: 'r', cost: 2 })).toBe('settled');
  });

  it('is refused for a policy that records no charges', async () => {
    const { limiter, calls } = setUp();
    const refund = limiter.refund(window(10, 60), 'a', { requestId: 'r' });
    await expect(refund).rejects.toMatchObject({ code: 'conflict' });
    expect(calls).toEqual([]);
  });

  it('ends what this process knows of a refusal', async () => {
    const { limiter } = setUp();
    await limiter.take(refundable, 'a', { cost: 10, requestId: 'r' });
    expect((await limiter.take(refundable, 'a')).allowed).toBe(false);
    await limiter.refund(refundable, 'a', { requestId: 'r', cost: 10 });
    expect((await limiter.take(refundable, 'a')).allowed).toBe(true);
  });

  it('is found out by another process within a second', async () => {
    const { limiter, another, clock } = setUp();
    const other = another();
    await limiter.take(refundable, 'a', { cost: 10, requestId: 'r' });
    expect((await other.take(refundable, 'a')).reason).toBe('denied');
    await limiter.refund(refundable, 'a', { requestId: 'r', cost: 10 });
    expect((await other.take(refundable, 'a')).reason).toBe('denied-by-cache');
    clock.advance(1000);
    expect((await other.take(refundable, 'a')).allowed).toBe(true);
  });

  it('says when the store does not answer, and counts it', async () => {
    const { limiter, fail, count } = setUp();
    fail(true);
    expect(await limiter.refund(refundable, 'a', { requestId: 'r' })).toBe('failed');
    expect(counted(count)).toEqual(['LimiterNotReturned window']);
  });

  it('finds the part of a sharded subject that was charged', async () => {
    const { limiter, another } = setUp();
    const sharded = window(64, 3600, 'window', { refundable: true, shards: 4 });
    for (let i = 0; i < 20; i++) {
      await limiter.take(sharded, 'a', { requestId: `r${i}` });
      expect(await another().refund(sharded, 'a', { requestId: `r${i}` })).toBe('settled');
    }
    expect((await limiter.peek(sharded, 'a')).verdicts[0]?.remaining).toBe(64);
  });
});

describe('reserve', () => {
  it('takes the most, and commit gives the rest back once', async () => {
    const { limiter } = setUp();
    const { decision, ...charge } = await limiter.reserve(refundable, 'a', { cost: 8 });
    expect(decision).toMatchObject({ allowed: true, verdicts: [{ remaining: 2 }] });
    expect(await limiter.commit(refundable, 'a', { ...charge, actual: 3 })).toBe('settled');
    expect(await limiter.commit(refundable, 'a', { ...charge, actual: 0 })).toBe('unknown');
    expect(await limiter.cancel(refundable, 'a', charge)).toBe('unknown');
    expect((await limiter.peek(refundable, 'a')).verdicts[0]?.remaining).toBe(7);
  });

  it('is final once all of it is committed', async () => {
    const { limiter } = setUp();
    const { decision: _, ...charge } = await limiter.reserve(refundable, 'a', { cost: 8 });
    expect(await limiter.commit(refundable, 'a', { ...charge, actual: 8 })).toBe('settled');
    expect(await limiter.cancel(refundable, 'a', charge)).toBe('unknown');
    expect((await limiter.peek(refundable, 'a')).verdicts[0]?.remaining).toBe(2);
  });

  it('gives all of it back when it is cancelled', async () => {
    const { limiter } = setUp();
    const { decision: _, ...charge } = await limiter.reserve(refundable, 'a', { cost: 8 });
    expect(await limiter.cancel(refundable, 'a', charge)).toBe('settled');
    expect((await limiter.peek(refundable, 'a')).verdicts[0]?.remaining).toBe(10);
  });

  it('leaves nothing to settle where it is refused', async () => {
    const { limiter } = setUp();
    await limiter.take(refundable, 'a', { cost: 9 });
    const { decision, ...charge } = await limiter.reserve(refundable, 'a', { cost: 8 });
    expect(decision.allowed).toBe(false);
    expect(await limiter.cancel(refundable, 'a', charge)).toBe('unknown');
  });

  it('refuses more than was reserved, and a policy that could give nothing back', async () => {
    const { limiter, calls } = setUp();
    const more = limiter.commit(refundable, 'a', { requestId: 'r', cost: 2, actual: 3 });
    await expect(more).rejects.toThrow(/actual/);
    const reserved = limiter.reserve(window(10, 60), 'a');
    await expect(reserved).rejects.toMatchObject({ code: 'conflict' });
    expect(calls).toEqual([]);
  });
});

describe('release', () => {
  it('lets the next one in at once, in every process', async () => {
    const { limiter, another } = setUp();
    const other = another();
    await limiter.take(held(1), 'a', { requestId: 'r' });
    expect(await other.take(held(1), 'a', { requestId: 's' })).toMatchObject({
      allowed: false,
      retryAfterSeconds: 60,
    });
    expect(await limiter.release(held(1), 'a', { requestId: 'r' })).toBe('settled');
    expect(await limiter.release(held(1), 'a', { requestId: 'r' })).toBe('unknown');
    expect((await other.take(held(1), 'a', { requestId: 's' })).allowed).toBe(true);
  });

  it('ends a lease that the insurance gave', async () => {
    const { limiter, fail } = setUp();
    fail(true);
    const take = (requestId: string) => limiter.take(held(10), 'a', { requestId });
    expect((await take('r')).reason).toBe('failed-open');
    expect((await take('s')).allowed).toBe(false);
    expect(await limiter.release(held(10), 'a', { requestId: 'r' })).toBe('settled');
    expect((await take('s')).reason).toBe('failed-open');
  });

  it('needs the id of the request', async () => {
    const { limiter, calls } = setUp();
    await expect(limiter.take(held(1), 'a')).rejects.toThrow(/requestId/);
    expect(calls).toEqual([]);
  });
});

describe('renew', () => {
  it('keeps a live lease for its full time again, and none that is over', async () => {
    const { limiter, clock } = setUp();
    const renew = () => limiter.renew(held(1), 'a', { requestId: 'r' });
    await limiter.take(held(1), 'a', { requestId: 'r' });
    clock.advance(59_000);
    expect(await renew()).toBe('settled');
    clock.advance(59_000);
    expect((await limiter.take(held(1), 'a', { requestId: 's' })).allowed).toBe(false);
    clock.advance(1000);
    expect(await renew()).toBe('unknown');
    expect((await limiter.take(held(1), 'a', { requestId: 's' })).allowed).toBe(true);
  });
});

describe('reset', () => {
  it.each(ofEachAlgorithm(2))(
    'forgets what was charged to a %s, and the refusal',
    async (_, policy) => {
      const { limiter } = setUp();
      for (const requestId of ['r', 's', 't']) await limiter.take(policy, 'a', { requestId });
      expect(await limiter.reset(policy, 'a')).toBe('settled');
      expect((await limiter.take(policy, 'a', { requestId: 'u' })).allowed).toBe(true);
      expect((await limiter.peek(policy, 'a')).verdicts[0]?.remaining).toBe(1);
    },
  );

  it('drops the units that this process has leased', async () => {
    const { limiter, memory, clock } = setUp();
    const leased = window(1_000_000, 3600, 'window', { leased: true });
    await limiter.take(leased, 'a');
    await limiter.reset(leased, 'a');
    await limiter.take(leased, 'a');
    const { numbers } = await memory.peek('window#a', clock.now() * 1000);
    expect(Object.values(numbers)).toEqual([10]);
  });

  it('forgets every part of a sharded subject', async () => {
    const { limiter } = setUp();
    const sharded = window(64, 3600, 'window', { shards: 4 });
    for (let i = 0; i < 400; i++) await limiter.take(sharded, 'a');
    await limiter.reset(sharded, 'a');
    expect((await limiter.peek(sharded, 'a')).verdicts[0]?.remaining).toBe(64);
    for (let i = 0; i < 32; i++) expect((await limiter.take(sharded, 'a')).allowed).toBe(true);
  });

  it('says when a part of it failed', async () => {
    const { limiter, onCall } = setUp();
    onCall(async (call) => {
      if (call === 'reset window#a/2') throw new Error('down');
    });
    expect(await limiter.reset(window(64, 3600, 'window', { shards: 4 }), 'a')).toBe('failed');
  });
});
