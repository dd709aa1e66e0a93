import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Receipt } from '../../../../functions/limiter/algorithms/arithmetic.ts';
import { capacity, type Limit, receiptOf } from '../../../../functions/limiter/algorithms/limit.ts';
import type { SubjectState } from '../../../../functions/limiter/algorithms/subject-state.ts';
import { definePolicy, type LimitInput } from '../../../../functions/limiter/policy.ts';
import type { LimitStore } from '../../../../functions/limiter/stores/limit-store.ts';
import { createMemoryLimitStore } from '../../../../functions/limiter/stores/memory-limit-store.ts';
import { createRedisLimitStore } from '../../../../functions/limiter/stores/redis-limit-store.ts';
import { type RedisServer, startRedis } from '../../../support/redis.ts';
import { describeWithRedis } from './redis-suite.ts';

const start = Date.UTC(2026, 0, 1, 12) * 1000;
const second = 1e6;

const units = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 1e9 }));
const windowSeconds = fc.constantFrom(1, 7, 60, 100, 3600, 2_678_400);

const windows: fc.Arbitrary<LimitInput[]> = fc
  .uniqueArray(
    fc.record({
      algorithm: fc.constantFrom('fixed-window' as const, 'sliding-window' as const),
      limit: units,
      windowSeconds,
    }),
    { selector: (window) => window.windowSeconds, maxLength: 3 },
  )
  .map((each) => each.map((window) => ({ ...window, name: `window-${window.windowSeconds}` })));

const bucket: fc.Arbitrary<LimitInput> = fc.record({
  algorithm: fc.constantFrom('token-bucket' as const, 'leaky-bucket' as const),
  name: fc.constant('bucket'),
  burst: fc.integer({ min: 1, max: 20 }),
  limit: fc.constantFrom(1, 7, 1000),
  windowSeconds: fc.constantFrom(1, 7, 60, 3600),
});

const concurrency: fc.Arbitrary<LimitInput> = fc.record({
  algorithm: fc.constant('concurrency' as const),
  name: fc.constant('at-once'),
  limit: fc.integer({ min: 1, max: 3 }),
  leaseSeconds: fc.constantFrom(1, 20, 300),
});

const optional = (one: fc.Arbitrary<LimitInput>) =>
  fc.option(one, { nil: undefined }).map((limit) => (limit === undefined ? [] : [limit]));

const limits = fc
  .tuple(windows, optional(bucket), optional(concurrency))
  .map((parts) => parts.flat())
  .filter((inputs) => inputs.length > 0)
  .map((inputs) => definePolicy({ name: 'any', limits: inputs }).limits);

/** Has room for more requests than are remembered. */
const roomy = fc.constant(
  definePolicy({
    name: 'roomy',
    limits: [{ algorithm: 'fixed-window', name: 'hour', limit: 1e6, windowSeconds: 3600 }],
  }).limits,
);

/** Mostly forwards, by less and more than everything that expires; at times 30 s back. */
const elapsed = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 * second }) },
  { weight: 1, arbitrary: fc.integer({ min: -30 * second, max: 0 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 100 * second }) },
  // When a lease is over, and about when a record is.
  { weight: 1, arbitrary: fc.constantFrom(second, 20 * second) },
  { weight: 1, arbitrary: fc.integer({ min: 560 * second, max: 640 * second }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 7300 * second }) },
);

const step = fc.record({
  act: fc.oneof(
    { weight: 8, arbitrary: fc.constant('take' as const) },
    { weight: 5, arbitrary: fc.constantFrom('refund' as const, 'refund by receipt' as const) },
    { weight: 2, arbitrary: fc.constantFrom('release' as const, 'renew' as const) },
    { weight: 1, arbitrary: fc.constant('many takes' as const) },
    { weight: 1, arbitrary: fc.constant('reset' as const) },
  ),
  elapsed,
  /** Which of the subject's two policies: another deployment's has other parameters. */
  policy: fc.integer({ min: 0, max: 1 }),
  requestId: fc.option(fc.constantFrom('a', 'b'), { nil: undefined, freq: 6 }),
  share: fc.constantFrom(0.001, 0.5),
  refundable: fc.boolean(),
  /** Refunds by the policy that charged, or by the one of the step. */
  isSame: fc.constantFrom(true, true, true, false),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const inAnyOrder = ({ requestIds, ...state }: SubjectState) => ({
  ...state,
  requestIds: [...requestIds].sort(),
});

/** Plays steps on one store; returns everything that it answered. */
const play = async (
  store: LimitStore,
  key: string,
  policies: readonly (readonly Limit[])[],
  steps: readonly Step[],
): Promise<unknown[]> => {
  const answers: unknown[] = [];
  let nowMicros = start;
  let last: { limits: readonly Limit[]; requestId: string; cost: number; receipt?: Receipt };
  last = { limits: policies[0] ?? [], requestId: 'a', cost: 1 };
  for (const [index, step] of steps.entries()) {
    nowMicros += step.elapsed;
    const limits = policies[step.policy] ?? [];
    const { requestId, refundable } = step;
    const units = Math.floor(last.cost * (refundable ? 1 : 0.5));
    const take = (cost: number, id: string | undefined) =>
      store.take({ key, limits, cost, nowMicros, requestId: id, refundable: refundable && !!id });
    const act: Readonly<Record<Step['act'], () => Promise<unknown>>> = {
      take: async () => {
        const cost = Math.ceil(Math.min(...limits.map(capacity), 1e9) * step.share);
        const { kind, state } = await take(cost, requestId);
        const receipt = receiptOf(limits, state, nowMicros);
        if (kind === 'charged' && requestId) last = { limits, requestId, cost, receipt };
        return { kind, ...inAnyOrder(state) };
      },
      'many takes': async () => {
        const ids = Array.from({ length: 70 }, (_, each) => `${index} ${each}`);
        return (await Promise.all(ids.map((id) => take(1, id)))).map(({ kind }) => kind);
      },
      refund: async () => {
        const { receipt, ...charge } = last;
        return store.refund({ key, nowMicros, units, ...charge, ...(!step.isSame && { limits }) });
      },
      'refund by receipt': async () =>
        store.refund({ key, nowMicros, units, receipt: { takenMicros: 0 }, ...last }),
      release: async () => store.release({ key, limits, nowMicros, requestId: requestId ?? 'a' }),
      renew: async () => store.renew({ key, limits, nowMicros, requestId: requestId ?? 'a' }),
      reset: async () => store.reset(key),
    };
    answers.push(await act[step.act](), inAnyOrder(await store.peek(key, nowMicros)));
  }
  return answers;
};

describeWithRedis('createRedisLimitStore beside createMemoryLimitStore', () => {
  let server: RedisServer;
  let redis: LimitStore;
  beforeAll(async () => {
    server = await startRedis();
    redis = createRedisLimitStore({ client: await server.connect() });
  });
  afterAll(async () => server.stop());

  it('gives the same kinds, numbers, ids and leases in any sequence', async () => {
    const seen = new Map<string, number>();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(limits, fc.oneof(limits, roomy)),
        fc.array(step, { minLength: 10, maxLength: 30 }),
        async (policies, steps) => {
          const key = `run-${runs++}`;
          const expected = await play(createMemoryLimitStore(), key, policies, steps);
          expect(await play(redis, key, policies, steps)).toEqual(expected);
          const kinds = expected.flat().flatMap((answer) => {
            if (typeof answer !== 'object' || answer === null) return [String(answer)];
            return 'kind' in answer ? [String(answer.kind)] : [];
          });
          for (const kind of kinds) seen.set(kind, (seen.get(kind) ?? 0) + 1);
        },
      ),
      { seed: 20260101, numRuns: 300 },
    );
    for (const kind of ['charged', 'denied', 'duplicate', 'true', 'false']) {
      expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(100);
    }
  }, 120_000);
});
