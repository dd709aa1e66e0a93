import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concurrencyOf } from '../../../../functions/limiter/algorithms/limit.ts';
import type { PolicyInput } from '../../../../functions/limiter/policy.ts';
import { type Engine, startEngine } from '../../../support/engine.ts';
import { type Admitted, expectWithin } from '../bounds.ts';
import { openSubject, type Processes, startProcesses } from './processes.ts';

let engine: Engine;
let processes: Processes;
const open = (policy: PolicyInput, skewsMs?: readonly number[]) =>
  openSubject(processes, policy, skewsMs);
beforeAll(async () => {
  engine = await startEngine();
  await engine.createTable({ name: 'limits' });
  processes = await startProcesses(4, engine.endpoint, 'limits');
});
afterAll(async () => {
  await processes.stop();
  await engine.stop();
});

const limits = {
  'token bucket': [{ algorithm: 'token-bucket', name: 'a', burst: 12, limit: 1, windowSeconds: 1 }],
  'leaky bucket': [{ algorithm: 'leaky-bucket', name: 'a', burst: 12, limit: 1, windowSeconds: 1 }],
  'fixed window': [{ algorithm: 'fixed-window', name: 'a', limit: 20, windowSeconds: 10 }],
  'sliding window': [{ algorithm: 'sliding-window', name: 'a', limit: 20, windowSeconds: 10 }],
  concurrency: [{ algorithm: 'concurrency', name: 'a', limit: 5, leaseSeconds: 60 }],
  'three limits at once': [
    { algorithm: 'token-bucket', name: 'a', burst: 12, limit: 1, windowSeconds: 1 },
    { algorithm: 'fixed-window', name: 'b', limit: 20, windowSeconds: 10 },
    { algorithm: 'sliding-window', name: 'c', limit: 50, windowSeconds: 60 },
  ],
} satisfies Record<string, PolicyInput['limits']>;

const inputs = Object.entries(limits).map(([name, each]): [string, PolicyInput] => [
  name,
  { name: 'p', limits: each },
]);

interface Step {
  readonly waitsMs: number;
  readonly cost: number;
  readonly repeats: boolean;
}
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    waitsMs: fc.oneof(fc.nat(50), fc.nat(4000), fc.constant(1000)),
    cost: fc.integer({ min: 1, max: 3 }),
    repeats: fc.boolean(),
  }),
  { minLength: 5, maxLength: 9 },
);

/** 32 callers at once in each step; with `repeats`, each sends its request to two processes. */
const play = async (policy: PolicyInput, plan: readonly Step[], skewsMs?: readonly number[]) => {
  const parts = open(policy, skewsMs);
  const admitted: Admitted[] = [];
  let requests = 0;
  for (const { waitsMs, cost, repeats } of plan) {
    parts.advance(waitsMs);
    const callers = Array.from({ length: 32 }, async (_, caller) => {
      const order = { cost, requestId: `r${requests++}` };
      const froms = repeats ? [caller, caller + 1] : [caller];
      const answers = await Promise.all(froms.map((from) => parts.ask(from, order)));
      const first = answers.findIndex(({ allowed }) => allowed);
      const localAt = parts.localOf(froms[first] ?? 0);
      if (first >= 0) admitted.push({ at: parts.now(), localAt, cost });
      for (const { reason } of answers) expect(reason).not.toBe('failed-open');
    });
    await Promise.all(callers);
  }
  return { ...parts, admitted };
};

describe.each(inputs)('four processes with one %s', (_, policy) => {
  it('never admit more than its bound to 32 callers at once', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const { admitted, limits: built } = await play(policy, plan);
        for (const limit of built) expectWithin(limit, admitted);
      }),
      { numRuns: 3 },
    );
  });

  it('admit a lone caller that waited as long as it was told, wherever it arrives', async () => {
    const { ask, advance } = await play(policy, [{ waitsMs: 777, cost: 1, repeats: false }]);
    const refused = await ask(0, { cost: 2, requestId: 'lone' });
    expect(refused).toMatchObject({ allowed: false });
    advance(refused.retryAfterSeconds * 1000);
    expect((await ask(1, { cost: 2, requestId: 'again' })).allowed).toBe(true);
  });

  it('charge a request once that is in flight beside its retries', async () => {
    const { ask, limits: built } = open(policy);
    const sent = [0, 1, 2, 3, 0, 1, 2, 3].map((from) => ask(from, { requestId: 'r' }));
    expect((await Promise.all(sent)).every(({ allowed }) => allowed)).toBe(true);
    const [most = 0] = built.map((limit) => ('burst' in limit ? limit.burst : limit.limit));
    const others = Array.from({ length: most }, (_, i) => ask(i, { requestId: `s${i}` }));
    const admitted = (await Promise.all(others)).filter(({ allowed }) => allowed);
    expect(admitted).toHaveLength(most - 1);
  });

  it('admit at most what the skew of their clocks is worth more, once', async () => {
    const skews = fc.tuple(...[0, 1, 2, 3].map(() => fc.nat(30_000)));
    await fc.assert(
      fc.asyncProperty(steps, skews, async (plan, skewsMs) => {
        // Of a request and its retry, nobody knows on whose clock it was charged.
        const once = plan.map((step) => ({ ...step, repeats: false }));
        const { admitted, limits: built } = await play(policy, once, skewsMs);
        const extraMs = Math.max(...skewsMs) - Math.min(...skewsMs);
        for (const limit of built) expectWithin(limit, admitted, extraMs);
      }),
      { numRuns: 2 },
    );
  });
});

describe.each(inputs.filter(([name]) => name !== 'concurrency'))(
  'refunds of one %s',
  (_, input) => {
    const policy = { ...input, refundable: true };

    it('let no window pass its bound, though each is sent by two processes', async () => {
      const { ask, advance, now, limits: built } = open(policy);
      const kept: Admitted[] = [];
      const plan = fc.sample(steps, { seed: 7, numRuns: 3 }).flat().slice(0, 14);
      let requests = 0;
      for (const { waitsMs, cost } of plan) {
        advance(waitsMs);
        const callers = Array.from({ length: 16 }, async (_, caller) => {
          const order = { cost, requestId: `r${requests++}` };
          if (!(await ask(caller, order)).allowed) return;
          if (caller % 2 === 0) kept.push({ at: now(), cost });
          else {
            const refund = { ...order, call: 'refund' as const };
            const both = await Promise.all([ask(caller, refund), ask(caller + 1, refund)]);
            const settled = both.filter(({ settlement }) => settlement === 'settled');
            expect(settled).toHaveLength(1);
          }
        });
        await Promise.all(callers);
      }
      expect(kept.length).toBeGreaterThan(5);
      for (const limit of built) expectWithin(limit, kept);
    });
  },
);

describe('four processes whose clocks differ by up to 30 s', () => {
  it('charge a request once', async () => {
    const limit = {
      algorithm: 'fixed-window',
      name: 'day',
      limit: 20,
      windowSeconds: 86_400,
    } as const;
    const { ask, advance } = open({ name: 'p', limits: [limit] }, [0, 9_999, 20_001, 30_000]);
    advance(45_000);
    for (let round = 0; round < 3; round++) {
      const sent = [0, 1, 2, 3].map((from) => ask(from, { requestId: `r${round}` }));
      expect((await Promise.all(sent)).every(({ allowed }) => allowed)).toBe(true);
      advance(11_111);
    }
    const others = Array.from({ length: 32 }, (_, i) => ask(i, { requestId: `s${i}` }));
    expect((await Promise.all(others)).filter(({ allowed }) => allowed)).toHaveLength(17);
  });
});

describe('concurrency across processes', () => {
  it('never holds more than five, though three in ten of its holders never release', async () => {
    const [, input] = inputs.find(([name]) => name === 'concurrency') ?? [];
    if (input === undefined) throw new Error('no policy');
    const { ask, advance, now, limits: built } = open(input);
    const leaseMs = (concurrencyOf(built)?.leaseSeconds ?? 0) * 1000;
    const live = new Map<string, number>();
    let taken = 0;
    for (let step = 0; step < 20; step++) {
      advance(step % 5 === 4 ? leaseMs : 1500);
      for (const [id, until] of live) if (until <= now()) live.delete(id);
      const callers = Array.from({ length: 32 }, async (_, caller) => {
        const requestId = `r${step}-${caller}`;
        if (!(await ask(caller, { requestId })).allowed) return;
        live.set(requestId, now() + leaseMs);
        taken++;
        expect(live.size).toBeLessThanOrEqual(5);
        if (taken % 10 < 3) return;
        live.delete(requestId);
        await ask(caller + 1, { call: 'release', requestId });
      });
      await Promise.all(callers);
    }
    expect(taken).toBeGreaterThan(40);
  });
});
