import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyInput } from '../../../../functions/limiter/policy.ts';
import { type Engine, startEngine } from '../../../support/engine.ts';
import { type Admitted, expectWithin } from '../bounds.ts';
import type { Fate } from './order.ts';
import { openSubject, type Processes, startProcesses } from './processes.ts';

let engine: Engine;
let processes: Processes;
beforeAll(async () => {
  engine = await startEngine();
  await engine.createTable({ name: 'limits' });
  processes = await startProcesses(4, engine.endpoint, 'limits');
});
afterAll(async () => {
  await processes.stop();
  await engine.stop();
});

const fixedWindow: PolicyInput = {
  name: 'p',
  leased: true,
  limits: [{ algorithm: 'fixed-window', name: 'a', limit: 400, windowSeconds: 10 }],
};
const tokenBucket: PolicyInput = {
  name: 'p',
  leased: true,
  limits: [{ algorithm: 'token-bucket', name: 'a', burst: 400, limit: 40, windowSeconds: 1 }],
};
/** 5 % of what a full bucket takes to flow back. */
const ttlMs = 500;

interface Event extends Fate {
  readonly from: number;
  readonly callers: number;
  readonly waitsMs: number;
  readonly closes: boolean;
}
const events: fc.Arbitrary<Event[]> = fc.array(
  fc.record({
    from: fc.nat(3),
    callers: fc.integer({ min: 1, max: 60 }),
    /** The process is frozen, or nothing happens, before the requests. */
    waitsMs: fc.oneof(fc.constant(0), fc.nat(20), fc.nat(900), fc.nat(6000)),
    answersAfterMs: fc.oneof(fc.constant(0), fc.constant(0), fc.nat(700)),
    answerLost: fc.nat(9).map((die) => die === 0),
    closes: fc.nat(3).map((die) => die === 0),
  }),
  { minLength: 10, maxLength: 25 },
);

/** Requests that were admitted from leases; who asks the insurance is not among them. */
const play = async (
  policy: PolicyInput,
  plan: readonly Event[],
  { refunds, skewsMs }: Fate & { readonly skewsMs?: readonly number[] },
) => {
  const { ask, advance, now, localOf, limits } = openSubject(processes, policy, skewsMs);
  const admitted: Admitted[] = [];
  for (const { from, callers, waitsMs, closes, ...fate } of plan) {
    advance(waitsMs);
    const before = now();
    const sent = Array.from({ length: callers }, async () => ask(from, fate));
    const answers = await Promise.all(sent);
    const startedAt = localOf(from);
    for (const { reason, nowMs } of answers) {
      if (reason !== 'allowed') continue;
      admitted.push({ at: before + nowMs - startedAt, localAt: nowMs, cost: 1 });
    }
    advance(Math.max(0, ...answers.map(({ nowMs }) => nowMs - startedAt)));
    if (closes) await ask(from, { call: 'close', ...(refunds && { refunds }) });
    if (closes && refunds === 'late') {
      advance(50);
      await ask(from, { call: 'deliver' });
    }
  }
  return { admitted, limit: limits[0] as (typeof limits)[number] };
};

describe.each<Fate>([{}, { refunds: 'twice' }, { refunds: 'late' }])(
  'leases of four processes, returned %j',
  (returned) => {
    it('never exceed a fixed window', async () => {
      await fc.assert(
        fc.asyncProperty(events, async (plan) => {
          const { admitted, limit } = await play(fixedWindow, plan, returned);
          expect(admitted.length).toBeGreaterThan(0);
          expectWithin(limit, admitted);
        }),
        { numRuns: 4, endOnFailure: true },
      );
    });

    it('exceed a token bucket by no more than their time is worth', async () => {
      await fc.assert(
        fc.asyncProperty(events, async (plan) => {
          const { admitted, limit } = await play(tokenBucket, plan, returned);
          expectWithin(limit, admitted, ttlMs);
        }),
        { numRuns: 4, endOnFailure: true },
      );
    });
  },
);

describe('leases of four processes whose clocks differ', () => {
  it('exceed a token bucket by no more than their time and the skew are worth', async () => {
    const skews = fc.tuple(...[0, 1, 2, 3].map(() => fc.nat(3000)));
    await fc.assert(
      fc.asyncProperty(events, skews, async (plan, skewsMs) => {
        const { admitted, limit } = await play(tokenBucket, plan, { skewsMs });
        const skewMs = Math.max(...skewsMs) - Math.min(...skewsMs);
        expectWithin(limit, admitted, ttlMs + skewMs);
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });
});
