import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDenyCache } from '../../../functions/limiter/guards/deny-cache.ts';
import { createLimiter } from '../../../functions/limiter/limiter.ts';
import type { Policy } from '../../../functions/limiter/policy.ts';
import { definePolicy } from '../../../functions/limiter/policy.ts';
import { createDynamoLimitStore } from '../../../functions/limiter/stores/dynamo-limit-store.ts';
import type { LimitStore } from '../../../functions/limiter/stores/limit-store.ts';
import { createMemoryLimitStore } from '../../../functions/limiter/stores/memory-limit-store.ts';
import { type Engine, startEngine } from '../../support/engine.ts';
import { manualClock } from '../../support/manual-clock.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
  await engine.createTable({ name: 'limits' });
});
afterAll(async () => engine.stop());

/** 20 a 10 s window; a burst of 8 that flows back at 1 a second. */
const policy: Policy = definePolicy({
  name: 'p',
  limits: [
    { algorithm: 'fixed-window', name: 'window', limit: 20, windowSeconds: 10 },
    { algorithm: 'token-bucket', name: 'burst', burst: 8, limit: 1, windowSeconds: 1 },
  ],
});
const [windowLimit, burst, intervalMs, slack] = [20, 8, 1000, 0.05];

interface Step {
  readonly waitsMs: number;
  readonly callers: number;
  readonly cost: number;
  readonly repeats: boolean;
}
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    waitsMs: fc.oneof(fc.nat(20), fc.nat(3000), fc.constant(1000)),
    callers: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 4 }) },
      { weight: 1, arbitrary: fc.constant(32) },
    ),
    cost: fc.integer({ min: 1, max: 3 }),
    repeats: fc.boolean(),
  }),
  { minLength: 5, maxLength: 30 },
);

let subjects = 0;

describe.each([
  ['memory', 60, () => createMemoryLimitStore()],
  ['DynamoDB', 12, () => createDynamoLimitStore({ client: engine.client(), tableName: 'limits' })],
])('createLimiter over %s', (technology, numRuns, createStore) => {
  const setUp = () => {
    const clock = manualClock(Date.UTC(2026, 0, 1));
    const shared = createStore();
    const open = (): LimitStore => (technology === 'memory' ? shared : createStore());
    const stores = [0, 1, 2, 3].map(open);
    const budget = { warmMs: 20_000, coldMs: 20_000 };
    const limiters = stores.map((store) =>
      createLimiter({ store, clock, budget, denyCache: createDenyCache() }),
    );
    const key = `subject-${subjects++}`;
    const take = (caller: number, cost: number, requestId?: string) =>
      (limiters[caller % 4] ?? limiters[0])?.take(policy, key, {
        cost,
        ...(requestId !== undefined && { requestId }),
      });
    return { clock, stores, take, key };
  };

  const play = async (plan: readonly Step[]) => {
    const parts = setUp();
    const admitted: { at: number; cost: number }[] = [];
    let request = 0;
    for (const { waitsMs, callers, cost, repeats } of plan) {
      parts.clock.advance(waitsMs);
      await Promise.all(
        Array.from({ length: callers }, async (_, caller) => {
          const requestId = `request-${request++}`;
          const sent = [parts.take(caller, cost, requestId)];
          if (repeats) sent.push(parts.take(caller + 1, cost, requestId));
          const decisions = await Promise.all(sent);
          if (decisions.some((decision) => decision?.allowed)) {
            admitted.push({ at: parts.clock.now(), cost });
          }
        }),
      );
    }
    return { ...parts, admitted };
  };

  it('never admits more than its bounds to up to 32 callers in four processes', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const { admitted } = await play(plan);
        for (const [index, { at: from }] of admitted.entries()) {
          let sum = 0;
          for (const { at, cost } of admitted.slice(index)) {
            sum += cost;
            expect(sum).toBeLessThanOrEqual(burst * (1 + slack) + (at - from) / intervalMs);
          }
        }
        const used = Map.groupBy(admitted, ({ at }) => Math.floor(at / 10_000));
        for (const each of used.values()) {
          expect(each.reduce((sum, { cost }) => sum + cost, 0)).toBeLessThanOrEqual(windowLimit);
        }
      }),
      { numRuns },
    );
  });

  it('charges duplicates once', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const { admitted, stores, clock, key } = await play(plan.slice(0, 8));
        const state = await stores[0]?.peek(`p#${key}`, clock.now() * 1000);
        const last = Math.floor(clock.now() / 10_000);
        const inWindow = admitted.filter(({ at }) => Math.floor(at / 10_000) === last);
        expect(state?.numbers[`w_10_${last}`] ?? 0).toBe(
          inWindow.reduce((sum, { cost }) => sum + cost, 0),
        );
      }),
      { numRuns },
    );
  });

  it('admits a lone caller that waits as long as the store told it', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 8 }), fc.nat(3), async (plan, cost, at) => {
        const { clock, take } = await play(plan);
        const refused = await take(at, cost);
        if (refused?.reason !== 'denied') return;
        expect(refused.retryAfterSeconds).toBeGreaterThan(0);
        clock.advance(refused.retryAfterSeconds * 1000);
        expect((await take(at + 1, cost))?.allowed).toBe(true);
      }),
      { numRuns },
    );
  });

  it('admits a lone caller that waits as long as the cache told it, all costs being equal', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 8 }), fc.nat(3), async (plan, cost, at) => {
        const { clock, take } = await play(plan.map((step) => ({ ...step, cost })));
        await take(at, cost);
        const refused = await take(at, cost);
        if (refused?.allowed !== false) return;
        clock.advance(refused.retryAfterSeconds * 1000);
        expect((await take(at + 1, cost))?.allowed).toBe(true);
      }),
      { numRuns },
    );
  });

  it('refuses nothing from the cache that the store would admit', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const { clock, stores, take, key } = setUp();
        for (const [index, { waitsMs, callers }] of plan.entries()) {
          clock.advance(waitsMs / 4);
          for (let caller = 0; caller < Math.min(callers, 6); caller++) {
            const number = (index * 7 + caller) % 11;
            const requestId = `request-${number}`;
            const cost = (number % 3) + 1;
            const decision = await take(caller, cost, requestId);
            if (decision?.reason !== 'denied-by-cache') continue;
            const charge = { key: `p#${key}`, limits: policy.limits, cost, requestId };
            const nowMicros = Math.round(clock.now() * 1000);
            const answer = await stores[0]?.take({ ...charge, nowMicros });
            expect(answer?.kind).toBe('denied');
          }
        }
      }),
      { numRuns },
    );
  });
});
