import { describe, expect, it } from 'vitest';
import { createInsurance } from '../../../../functions/limiter/guards/insurance.ts';
import { hourAndBurst } from '../policies.ts';

const now = Date.UTC(2026, 0, 1) * 1000;
const setUp = (policy = hourAndBurst(1000, 100, { insuranceDivisor: 20 })) => {
  const insurance = createInsurance();
  return (cost = 1, nowMicros = now) => insurance.take(policy, { key: 'a', cost, nowMicros });
};

describe('createInsurance', () => {
  it('admits the quota divided by the configured number, and says so', async () => {
    const take = setUp();
    for (let i = 0; i < 5; i++) {
      expect(await take()).toMatchObject({ allowed: true, reason: 'failed-open' });
    }
    expect(await take()).toMatchObject({ allowed: false, reason: 'denied', retryAfterSeconds: 72 });
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
});
