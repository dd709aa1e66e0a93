import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TokenBucket } from '../../../../functions/limiter/algorithms/token-bucket.ts';
import { createLease } from '../../../../functions/limiter/guards/lease.ts';
import type { Policy } from '../../../../functions/limiter/policy.ts';
import type { StoreAnswer } from '../../../../functions/limiter/stores/limit-store.ts';
import { createMemoryLimitStore } from '../../../../functions/limiter/stores/memory-limit-store.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { bucket, window } from '../policies.ts';

type Fate = { readonly lost?: boolean; readonly answersAfterMs?: number };

/** Processes that lease from one store, and what befalls each of their calls. */
const setUp = (policy: Policy, processes = 1) => {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const store = createMemoryLimitStore();
  const sizes: number[] = [];
  let fate: Fate = {};
  const leases = Array.from({ length: processes }, () =>
    createLease({
      clock,
      policy,
      take: async (cost, nowMicros) => {
        sizes.push(cost);
        const { limits } = policy;
        const value: StoreAnswer = await store.take({ key: 'all', limits, cost, nowMicros });
        clock.advance(fate.answersAfterMs ?? 0);
        return fate.lost
          ? { kind: 'failed', cause: new Error('lost'), retryAfterMs: 0 }
          : { kind: 'answered', value };
      },
    }),
  );
  const spend = async (cost = 1, process = 0, next: Fate = {}) => {
    fate = next;
    const answer = await leases[process]?.spend(cost);
    return answer ?? { kind: 'none' as const };
  };
  return { clock, spend, sizes };
};

describe('createLease', () => {
  it('takes ten of a million at a time for a slow process', async () => {
    const { clock, spend, sizes } = setUp(window(1_000_000, 3600));
    for (let i = 0; i < 40; i++) {
      expect((await spend()).kind).toBe('spent');
      clock.advance(1000);
    }
    expect(sizes).toEqual([10, 10, 10, 10]);
  });

  it('lets few units lapse where many slow processes share a limit', async () => {
    const { clock, spend, sizes } = setUp(window(1_000_000, 3600), 50);
    let spent = 0;
    for (let round = 0; round < 90; round++) {
      for (let process = 0; process < 50; process++) {
        if ((await spend(1, process)).kind === 'spent') spent++;
        clock.advance(720);
      }
    }
    expect(spent).toBe(4500);
    // The first lease of each has ten units, and five requests in its time.
    expect(sizes.slice(0, 50)).toEqual(Array(50).fill(10));
    const taken = sizes.reduce((sum, size) => sum + size, 0);
    expect((taken - spent) / taken).toBeLessThan(0.15);
    expect(sizes.length / spent).toBeLessThan(0.25);
  });

  it('takes ten at a time again once a slow process is no longer slow', async () => {
    const { clock, spend, sizes } = setUp(window(1_000_000, 3600));
    await spend();
    clock.advance(180_000);
    for (let i = 0; i < 31; i++) {
      await spend();
      clock.advance(1000);
    }
    expect(sizes).toEqual([10, 1, 2, 4, 8, 10, 10]);
  });

  it('takes single units of a small limit', async () => {
    const { clock, spend, sizes } = setUp(window(100, 3600));
    for (let i = 0; i < 5; i++) {
      await spend();
      clock.advance(60_000);
    }
    expect(sizes).toEqual([1, 1, 1, 1, 1]);
  });

  it('takes what its rate needs in half a second', async () => {
    const { clock, spend, sizes } = setUp(window(1_000_000, 3600));
    for (let i = 0; i < 20_000; i++) {
      await spend();
      clock.advance(1);
    }
    expect(sizes.at(-1)).toBeGreaterThan(450);
    expect(sizes.at(-1)).toBeLessThan(550);
    expect(sizes.length / 20_000).toBeLessThan(0.01);
  });

  it('takes no more than an eighth of what is left, and the last unit too', async () => {
    const { spend, sizes } = setUp(window(64, 3600));
    for (let i = 0; i < 64; i++) expect((await spend()).kind).toBe('spent');
    expect((await spend()).kind).toBe('denied');
    expect(sizes.every((size) => size <= 8)).toBe(true);
  });

  it('asks the store once for many callers at once', async () => {
    const { spend, sizes } = setUp(window(1_000_000, 3600));
    const answers = await Promise.all(Array.from({ length: 32 }, () => spend()));
    expect(answers.every(({ kind }) => kind === 'spent')).toBe(true);
    expect(sizes.length).toBeLessThanOrEqual(4);
  });

  it('serves callers at once whose costs differ, as far as the limit goes', async () => {
    const { spend } = setUp(window(10, 3600));
    const answers = await Promise.all([8, 1, 5, 1].map((cost) => spend(cost)));
    expect(answers.map(({ kind }) => kind)).toEqual(['spent', 'spent', 'denied', 'spent']);
  });

  it('does not ask again while the limit is used up', async () => {
    const { clock, spend, sizes } = setUp(window(8, 60));
    for (let i = 0; i < 9; i++) await spend();
    const asked = sizes.length;
    expect((await spend()).kind).toBe('denied-by-cache');
    expect(sizes).toHaveLength(asked);
    clock.advance(60_000);
    expect((await spend()).kind).toBe('spent');
  });

  it('ends a lease 5 % of the window after it was asked for', async () => {
    const { clock, spend, sizes } = setUp(window(1_000_000, 3600));
    await spend(1, 0, { answersAfterMs: 100_000 });
    clock.advance(79_999);
    await spend();
    expect(sizes).toHaveLength(1);
    clock.advance(1);
    await spend();
    expect(sizes).toHaveLength(2);
  });

  it('ends a lease with its window', async () => {
    const { clock, spend, sizes } = setUp(window(1_000_000, 3600));
    clock.advance(3_599_000);
    await spend();
    clock.advance(1000);
    await spend();
    expect(sizes).toHaveLength(2);
  });

  it('gives units back to the process for a request that was refused elsewhere', async () => {
    const { spend, sizes } = setUp(window(8, 3600));
    for (let i = 0; i < 50; i++) {
      const answer = await spend();
      if (answer.kind === 'spent') answer.undo();
    }
    expect(sizes).toHaveLength(1);
  });

  it('fails rather than asks forever when every lease has lapsed on arrival', async () => {
    const { spend, sizes } = setUp(window(100, 1));
    expect((await spend(1, 0, { answersAfterMs: 60 })).kind).toBe('failed');
    expect(sizes).toHaveLength(3);
  });

  interface Event extends Fate {
    readonly process: number;
    readonly cost: number;
    readonly waitsMs: number;
  }
  const events: fc.Arbitrary<Event[]> = fc.array(
    fc.record({
      process: fc.nat(3),
      cost: fc.integer({ min: 1, max: 3 }),
      /** The process is frozen, or nothing happens, before the request. */
      waitsMs: fc.oneof(fc.constant(0), fc.nat(5), fc.nat(3000)),
      answersAfterMs: fc.oneof(fc.constant(0), fc.nat(300)),
      lost: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
    }),
    { minLength: 20, maxLength: 200 },
  );

  /** Times and costs of what four processes spent. */
  const play = async (policy: Policy, plan: readonly Event[]) => {
    const { clock, spend } = setUp(policy, 4);
    const spent: { at: number; cost: number }[] = [];
    for (const { process, cost, waitsMs, ...fate } of plan) {
      clock.advance(waitsMs);
      const { kind } = await spend(cost, process, fate);
      if (kind === 'spent') spent.push({ at: clock.now(), cost });
    }
    return spent;
  };

  it('never exceeds a fixed window, with answers lost or late and processes frozen', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (plan) => {
        const spent = await play(window(40, 10), plan);
        const used = new Map<number, number>();
        for (const { at, cost } of spent) {
          const index = Math.floor(at / 10_000);
          used.set(index, (used.get(index) ?? 0) + cost);
        }
        expect(Math.max(0, ...used.values())).toBeLessThanOrEqual(40);
      }),
      { numRuns: 150 },
    );
  });

  it('exceeds a token bucket by no more than its ttl / T', async () => {
    const policy = bucket(40, 10, 1);
    const { burst, intervalMicros } = policy.limits[0] as TokenBucket;
    const ttlMs = (0.05 * burst * intervalMicros) / 1000;
    await fc.assert(
      fc.asyncProperty(events, async (plan) => {
        const spent = await play(policy, plan);
        for (const [index, { at: from }] of spent.entries()) {
          let sum = 0;
          for (const { at, cost } of spent.slice(index)) {
            sum += cost;
            const bound = burst + ((at - from + ttlMs) * 1000) / intervalMicros;
            expect(sum).toBeLessThanOrEqual(bound);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
