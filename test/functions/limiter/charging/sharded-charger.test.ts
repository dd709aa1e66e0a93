import { describe, expect, it } from 'vitest';
import { shardOf } from '../../../../functions/limiter/charging/sharded-charger.ts';
import { createLimiter } from '../../../../functions/limiter/limiter.ts';
import { definePolicy } from '../../../../functions/limiter/policy.ts';
import { seededRandom } from '../../../support/random.ts';
import { bucket, window } from '../policies.ts';
import { counted, watchedLimiter } from '../watched-limiter.ts';

const sharded = window(64, 3600, 'window', { shards: 4 });

/** Chances that choose these parts, in pairs of the first and the second. */
const choosing = (...pairs: readonly (readonly [first: number, second: number])[]) => {
  const chances = pairs.flatMap(([first, second]) => [
    (first + 0.5) / 4,
    (((second - first + 3) % 4) + 0.5) / 3,
  ]);
  return () => chances.shift() ?? 0;
};

describe('createLimiter with a sharded policy', () => {
  it('takes the better of two parts by what it last saw', async () => {
    const { limiter, calls } = watchedLimiter({ random: choosing([2, 1], [2, 1], [1, 2]) });
    for (let i = 0; i < 3; i++) await limiter.take(sharded, 'a');
    expect(calls).toEqual(['take window#a/2 1', 'take window#a/1 1', 'take window#a/1 1']);
  });

  it('takes the other part when one refuses', async () => {
    const { limiter, calls, memory, clock, count } = watchedLimiter({ random: choosing([2, 1]) });
    const { limits } = window(16, 3600);
    await memory.take({ key: 'window#a/2', limits, cost: 16, nowMicros: clock.now() * 1000 });
    expect((await limiter.take(sharded, 'a')).allowed).toBe(true);
    expect(calls).toEqual(['take window#a/2 1', 'take window#a/1 1']);
    expect(counted(count)).toEqual([]);
  });

  it('tells of the whole subject', async () => {
    const { limiter } = watchedLimiter();
    const policy = window(100, 3600, 'window', { shards: 3 });
    const { verdicts, policy: told } = await limiter.take(policy, 'a');
    expect(verdicts).toMatchObject([{ limit: 100, remaining: 98 }]);
    expect(told).toBe(policy);
    expect((await limiter.peek(policy, 'a')).verdicts).toMatchObject([
      { limit: 100, remaining: 98 },
    ]);
  });

  it('counts one denial for a request that two parts refuse, and then none of the store', async () => {
    const { limiter, count, calls } = watchedLimiter({ random: seededRandom(7).next });
    let taken = 0;
    for (; (await limiter.take(sharded, 'a')).allowed; taken++);
    expect(taken).toBeGreaterThan(32);
    expect(counted(count)).toEqual(['LimiterDenied window']);
    for (let i = 0; i < 300; i++) await limiter.take(sharded, 'a');
    const asked = calls.length;
    expect(await limiter.take(sharded, 'a')).toMatchObject({ reason: 'denied-by-cache' });
    expect(calls).toHaveLength(asked);
    expect(counted(count).at(-1)).toBe('LimiterDeniedByCache window');
  });

  it('admits no more than the limit, and all of it but what chance leaves over', async () => {
    const { limiter, clock, memory } = watchedLimiter({ random: seededRandom(3).next });
    let admitted = 0;
    for (let i = 0; i < 400; i++) if ((await limiter.take(sharded, 'a')).allowed) admitted++;
    expect(admitted).toBe(64);
    for (let shard = 0; shard < 4; shard++) {
      const { numbers } = await memory.peek(`window#a/${shard}`, clock.now() * 1000);
      expect(Object.values(numbers)).toEqual([16]);
    }
  });

  it('charges a request with an id to one part, in whichever process', async () => {
    const { limiter, another, calls } = watchedLimiter();
    for (const from of [limiter, another(), another()]) {
      expect((await from.take(sharded, 'a', { requestId: 'r' })).allowed).toBe(true);
    }
    expect(calls).toEqual(Array(3).fill(`take window#a/${shardOf('r', 4)} 1`));
    expect((await limiter.peek(sharded, 'a')).verdicts[0]?.remaining).toBe(63);
  });

  it('spreads ids over its parts', () => {
    const parts = Array.from({ length: 400 }, (_, i) => shardOf(`request-${i}`, 4));
    for (let part = 0; part < 4; part++) {
      expect(parts.filter((each) => each === part).length).toBeGreaterThan(60);
    }
  });

  it.each([
    ['token bucket', bucket(64, 64, 60, { shards: 4 })],
    ['fixed window', sharded],
    [
      'sliding window',
      definePolicy({
        name: 's',
        limits: [{ algorithm: 'sliding-window', name: 's', limit: 64, windowSeconds: 60 }],
        shards: 4,
      }),
    ],
  ])(
    'admits a lone caller of a %s after it waited as long as it was told, in any process',
    async (_, policy) => {
      let refusals = 0;
      for (let seed = 1; seed <= 30; seed++) {
        const random = seededRandom(seed);
        const { limiter, another, store, clock } = watchedLimiter({ random: random.next });
        const others = [another(), another()];
        for (let i = 0; i < 200; i++) {
          clock.advance(random.below(300));
          await random.pick(others).take(policy, 'a', { cost: 1 + random.below(4) });
        }
        const cost = 1 + random.below(4);
        const refused = await limiter.take(policy, 'a', { cost });
        if (refused.allowed) continue;
        expect(refused.retryAfterSeconds).toBeGreaterThan(0);
        clock.advance(refused.retryAfterSeconds * 1000);
        const fresh = createLimiter({ store, clock, random: random.next });
        expect((await fresh.take(policy, 'a', { cost })).allowed).toBe(true);
        refusals++;
      }
      expect(refusals).toBeGreaterThan(3);
    },
  );

  it('admits whoever waits as long as a peek told it', async () => {
    const policy = bucket(64, 64, 60, { shards: 4 });
    const { limiter, clock } = watchedLimiter({ random: seededRandom(5).next });
    for (let i = 0; i < 200; i++) await limiter.take(policy, 'a', { cost: 3 });
    const { allowed, retryAfterSeconds } = await limiter.peek(policy, 'a', { cost: 16 });
    expect(allowed).toBe(false);
    clock.advance(retryAfterSeconds * 1000);
    expect((await limiter.take(policy, 'a', { cost: 16 })).allowed).toBe(true);
  });

  it('asks a store that fails once, and says what follows', async () => {
    const { limiter, calls, fail, count } = watchedLimiter();
    fail(true);
    const closed = { ...sharded, onFailure: 'closed' as const };
    expect(await limiter.take(closed, 'a')).toMatchObject({
      reason: 'failed-closed',
      retryAfterSeconds: 1,
      verdicts: [{ remaining: 0, retryAfterSeconds: 1 }],
    });
    expect(calls).toHaveLength(1);
    expect(counted(count)).toEqual(['LimiterFailedClosed window']);
  });

  it('counts a refusal of the insurance as such', async () => {
    const { limiter, fail, count } = watchedLimiter({ random: () => 0 });
    fail(true);
    await limiter.take(sharded, 'a');
    expect((await limiter.take(sharded, 'a')).reason).toBe('denied-by-insurance');
    expect(counted(count).filter((each) => !each.startsWith('LimiterFailedOpen'))).toEqual([
      'LimiterInsuranceDenied window',
    ]);
  });

  it('refuses nobody in shadow mode, and counts a request once', async () => {
    const shadow = { ...sharded, mode: 'shadow' as const };
    const { limiter, count } = watchedLimiter({ random: seededRandom(9).next });
    for (let i = 0; i < 200; i++) expect((await limiter.take(shadow, 'a')).allowed).toBe(true);
    expect(counted(count)).toEqual(Array(200 - 64).fill('LimiterShadowed window'));
  });
});
