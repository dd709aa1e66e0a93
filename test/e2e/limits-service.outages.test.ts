import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../local/start-cloud.ts';
import { apiClient } from '../support/api-client.ts';
import { day, type LimitsClient, limitsClient } from '../support/limits-client.ts';

let cloud: Cloud;
let limits: LimitsClient;
beforeAll(async () => {
  cloud = await startCloud({ memory: true });
  limits = limitsClient(apiClient(cloud));
});
afterEach(() => cloud.faults.clear());
afterAll(async () => cloud.stop());

describe('without the limits table', () => {
  const open = { ...day, limit: 1000 };
  const closed = { ...open, onFailure: 'closed' };
  const faults = {
    slow: { kind: 'slow-call', delayMs: 1_000 },
    throttled: { kind: 'failing-call', error: 'ProvisionedThroughputExceededException' },
    gone: { kind: 'failing-call', error: 'ResourceNotFoundException' },
  } as const;

  it.each(Object.entries(faults))(
    'that is %s, verdicts are as the policy says, and right again once it is back',
    async (name, fault) => {
      await limits.put(`${name}-open`, open);
      await limits.put(`${name}-closed`, closed);
      await limits.settled(`${name}-open`);
      await limits.settled(`${name}-closed`);
      cloud.faults.add({ ...fault, target: 'Limits', function: 'LimitsApi' });
      for (let n = 0; n < 8; n++) {
        const admitted = await limits.check(`${name}-open`);
        expect(admitted.status).toBe(200);
        expect(admitted.json).toMatchObject({ allowed: true, reason: 'failed-open' });
        const refused = await limits.check(`${name}-closed`);
        expect(refused.status).toBe(200);
        expect(refused.json).toMatchObject({ allowed: false, reason: 'failed-closed' });
        expect(refused.json.retryAfterSeconds).toBeGreaterThan(0);
      }
      const unsettled = { key: 'ada', requestId: 'r' };
      const failed = await limits.post(`${name}-open/refund`, unsettled);
      expect(failed.status).toBe(503);
      expect(failed.headers.get('retry-after')).toBe('2');
      expect((await limits.drop(`${name}-open/check?key=ada`)).status).toBe(503);
      cloud.faults.clear();
      // Half-open after 2 s; the rest is for a busy machine.
      expect(await limits.awaitTable(`${name}-open`)).toBeLessThan(10_000);
      for (const policy of [`${name}-open`, `${name}-closed`]) {
        expect((await limits.settled(policy)).json).toMatchObject({
          allowed: true,
          reason: 'allowed',
        });
      }
    },
    60_000,
  );

  it('a process admits a tenth of the quota', async () => {
    await limits.put('insured', { ...day, limit: 30 });
    await limits.settled('insured');
    cloud.faults.add({ ...faults.gone, target: 'Limits' });
    const reasons: string[] = [];
    for (let n = 0; n < 6; n++) reasons.push((await limits.check('insured')).json.reason);
    expect(reasons).toEqual([
      ...Array(3).fill('failed-open'),
      ...Array(3).fill('denied-by-insurance'),
    ]);
  });
});

describe('without the control table', () => {
  it('known policies go on, others and changes are answered 503', async () => {
    await limits.put('known', { ...day, limit: 1000 });
    await limits.settled('known');
    cloud.faults.add({
      kind: 'failing-call',
      target: 'Control',
      error: 'ResourceNotFoundException',
    });
    expect((await limits.settled('known')).json.allowed).toBe(true);
    for (const answer of [
      await limits.check('unseen'),
      await limits.put('known', { ...day, limit: 2 }),
    ]) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('2');
      expect(answer.json.code).toBe('unavailable');
    }
  });
});
