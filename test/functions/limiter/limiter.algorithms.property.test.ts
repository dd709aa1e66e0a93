import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLimiter } from '../../../functions/limiter/limiter.ts';
import { definePolicy, type PolicyInput } from '../../../functions/limiter/policy.ts';
import { createDynamoLimitStore } from '../../../functions/limiter/stores/dynamo-limit-store.ts';
import type { LimitStore } from '../../../functions/limiter/stores/limit-store.ts';
import { createMemoryLimitStore } from '../../../functions/limiter/stores/memory-limit-store.ts';
import { type Engine, startEngine } from '../../support/engine.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { type Admitted, expectWithin } from './bounds.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
  await engine.createTable({ name: 'limits' });
});
afterAll(async () => engine.stop());

const limits: PolicyInput['limits'] = [
  { algorithm: 'token-bucket', name: 'a', burst: 8, limit: 3, windowSeconds: 2 },
  { algorithm: 'leaky-bucket', name: 'a', burst: 8, limit: 3, windowSeconds: 2 },
  { algorithm: 'fixed-window', name: 'a', limit: 9, windowSeconds: 5 },
  { algorithm: 'sliding-window', name: 'a', limit: 9, windowSeconds: 5 },
  { algorithm: 'concurrency', name: 'a', limit: 4, leaseSeconds: 5 },
];

interface Event {
  readonly from: number;
  readonly waitsMs: number;
  readonly cost: number;
  /** The request that it is, or is a retry of. */
  readonly request: number;
  readonly refunds: boolean;
}
const events: fc.Arbitrary<Event[]> = fc.array(
  fc.record({
    from: fc.nat(3),
    waitsMs: fc.oneof(fc.constant(0), fc.nat(30), fc.nat(900), fc.nat(6000)),
    cost: fc.integer({ min: 1, max: 3 }),
    request: fc.nat(60),
    refunds: fc.boolean(),
  }),
  { minLength: 20, maxLength: 60 },
);

let subjects = 0;

describe.each([
  ['memory', 100, () => createMemoryLimitStore()],
  ['DynamoDB', 5, () => createDynamoLimitStore({ client: engine.client(), tableName: 'limits' })],
])('createLimiter over %s', (technology, numRuns, createStore) => {
  const setUp = (limit: PolicyInput['limits'][number], refundable: boolean) => {
    const clock = manualClock(Date.UTC(2026, 0, 1));
    const shared = createStore();
    const open = (): LimitStore => (technology === 'memory' ? shared : createStore());
    const stores = [0, 1, 2, 3].map(open);
    const budget = { warmMs: 20_000, coldMs: 20_000 };
    const limiters = stores.map((store) => createLimiter({ store, clock, budget }));
    const limiterOf = (from: number) => limiters[from % 4] as (typeof limiters)[number];
    const policy = definePolicy({ name: 'p', limits: [limit], refundable });
    return { clock, store: open(), limiterOf, policy, key: `subject-${subjects++}` };
  };

  describe.each(limits.map((limit) => [limit.algorithm, limit] as const))(
    'with a %s',
    (_, limit) => {
      const mayRefund = limit.algorithm !== 'concurrency';

      it.runIf(mayRefund)(
        'lets no window pass its bound after refunds, and none twice',
        async () => {
          await fc.assert(
            fc.asyncProperty(events, async (plan) => {
              const { clock, limiterOf, policy, key } = setUp(limit, true);
              const admitted = new Map<string, Admitted>();
              for (const { from, waitsMs, cost, request, refunds } of plan) {
                clock.advance(waitsMs);
                const charge = { cost, requestId: `r${request}` };
                const id = `${request} ${cost}`;
                const { allowed, reason } = await limiterOf(from).take(policy, key, charge);
                expect(['allowed', 'denied', 'denied-by-cache']).toContain(reason);
                if (allowed && !admitted.has(id)) admitted.set(id, { at: clock.now(), cost });
                if (!refunds) continue;
                const settlement = await limiterOf(from + 1).refund(policy, key, charge);
                expect(settlement).toBe(admitted.has(id) ? 'settled' : 'unknown');
                admitted.delete(id);
              }
              for (const built of policy.limits) expectWithin(built, [...admitted.values()]);
            }),
            { numRuns },
          );
        },
      );

      it('refuses nothing from the cache that the store would admit', async () => {
        await fc.assert(
          fc.asyncProperty(events, async (plan) => {
            const { clock, store, limiterOf, policy, key } = setUp(limit, false);
            for (const { from, waitsMs, cost, request } of plan) {
              clock.advance(waitsMs / 3);
              const requestId = `r${request}`;
              const { reason } = await limiterOf(from).take(policy, key, { cost, requestId });
              if (reason !== 'denied-by-cache') continue;
              const nowMicros = Math.round(clock.now() * 1000);
              const charge = { key: `p#${key}`, limits: policy.limits, cost, requestId, nowMicros };
              expect((await store.take(charge)).kind).toBe('denied');
            }
          }),
          { numRuns },
        );
      });

      it('admits a lone caller that waits as long as it was told', async () => {
        await fc.assert(
          fc.asyncProperty(events, async (plan) => {
            const { clock, limiterOf, policy, key } = setUp(limit, false);
            let requests = 0;
            const take = (from: number, cost: number) =>
              limiterOf(from).take(policy, key, { cost, requestId: `lone-${requests++}` });
            for (const { from, waitsMs, cost } of plan) {
              clock.advance(waitsMs / 3);
              const { reason, retryAfterSeconds } = await take(from, cost);
              if (reason !== 'denied') continue;
              expect(retryAfterSeconds).toBeGreaterThan(0);
              clock.advance(retryAfterSeconds * 1000);
              expect((await take(from + 1, cost)).allowed).toBe(true);
            }
          }),
          { numRuns },
        );
      });
    },
  );
});
