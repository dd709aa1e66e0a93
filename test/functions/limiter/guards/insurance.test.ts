import { describe, expect, it } from 'vitest';
import { createInsurance } from '../../../../functions/limiter/guards/insurance.ts';
import { heapMiB } from '../heap.ts';
import { hourAndBurst, ofEachAlgorithm } from '../policies.ts';

const now = Date.UTC(2026, 0, 1) * 1000;
const setUp = (policy = hourAndBurst(1000, 100, { insuranceDivisor: 20 })) => {
  const insurance = createInsurance();
  return async (cost = 1, nowMicros = now, requestId?: string) => {
    const { decision } = await insurance.take(policy, { key: 'a', cost, nowMicros, requestId });
    return decision;
  };
};

describe('createInsurance', () => {
  it('admits the quota divided by the configured number, and says so', async () => {
    const take = setUp();
    for (let i = 0; i < 5; i++) {
      expect(await take()).toMatchObject({ allowed: true, reason: 'failed-open' });
    }
    expect(await take()).toMatchObject({
      allowed: false,
      reason: 'denied-by-insurance',
      retryAfterSeconds: 72,
    });
    expect((await take(1, now + 72e6)).allowed).toBe(true);
  });

  it('admits at least one, however small the quota', async () => {
    const take = setUp(hourAndBurst(10, 2, { insuranceDivisor: 1000 }));
    expect((await take()).allowed).toBe(true);
    expect((await take()).allowed).toBe(false);
  });

  it('takes all of it for a cost that only the whole quota would hold', async () => {
    const take = setUp();
    expect((await take(50)).allowed).toBe(true);
    expect((await take()).allowed).toBe(false);
  });

  it('refuses nobody in shadow mode', async () => {
    const take = setUp(hourAndBurst(10, 1, { mode: 'shadow' }));
    await take();
    expect(await take()).toMatchObject({ allowed: true, reason: 'failed-open' });
  });

  describe.each(ofEachAlgorithm(20, { insuranceDivisor: 5 }))('of a %s', (algorithm, policy) => {
    it('admits its part, the last unit too, and again when it has flowed back', async () => {
      const take = setUp(policy);
      const taken = [];
      for (let i = 0; i < 6; i++) taken.push((await take(1, now, `r${i}`)).reason);
      expect(taken).toEqual([
        ...Array(4).fill('failed-open'),
        'denied-by-insurance',
        'denied-by-insurance',
      ]);
      const { retryAfterSeconds } = await take(1, now, 'r6');
      expect(retryAfterSeconds).toBeGreaterThan(0);
      expect((await take(1, now + retryAfterSeconds * 1e6, 'r7')).allowed).toBe(true);
    });

    it('charges a retry once, and tells a leaky bucket to wait', async () => {
      const take = setUp(policy);
      await take(1, now, 'r');
      for (let i = 0; i < 8; i++) expect((await take(1, now, 'r')).allowed).toBe(true);
      const { delayMs } = await take(1, now, 's');
      expect(delayMs).toBe(algorithm === 'leaky-bucket' ? 15_000 : 0);
    });

    it('gives back what is undone', async () => {
      const insurance = createInsurance();
      const charge = { key: 'a', cost: 1, nowMicros: now, mayGoBack: true };
      for (let i = 0; i < 40; i++) {
        const { decision, undo } = await insurance.take(policy, { ...charge, requestId: `r${i}` });
        expect(decision.allowed).toBe(true);
        await undo?.(now);
      }
    });
  });

  it('keeps no more subjects than it is told to, twice', async () => {
    const insurance = createInsurance({ maxKeys: 5_000 });
    const policy = hourAndBurst(1000, 100);
    const send = async (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        await insurance.take(policy, { key: `k${i}`, cost: 1, nowMicros: now, requestId: 'r' });
      }
      return heapMiB();
    };
    const before = await send(0, 20_000);
    expect(await send(20_000, 100_000)).toBeLessThan(before + 5);
  });
});
