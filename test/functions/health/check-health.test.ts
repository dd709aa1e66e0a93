import { describe, expect, it } from 'vitest';
import { checkHealth } from '../../../functions/health/check-health.ts';
import { manualClock } from '../../support/manual-clock.ts';

describe('checkHealth', () => {
  it('is up when every dependency answers, with the latency of each', async () => {
    const clock = manualClock();
    const probe = { name: 'links-0', check: async () => clock.advance(7) };
    expect(await checkHealth([probe], clock)).toEqual({
      status: 'up',
      dependencies: [{ name: 'links-0', status: 'up', latencyMs: 7 }],
    });
  });

  it("is down when one is, naming the error but not AWS's text", async () => {
    const fault = Object.assign(new Error('arn:aws:dynamodb:eu-central-1:123:table/x'), {
      name: 'ResourceNotFoundException',
    });
    const probes = [
      { name: 'counts', check: () => Promise.reject(fault) },
      { name: 'index', check: async () => undefined },
    ];
    const health = await checkHealth(probes, manualClock());
    expect(health.status).toBe('down');
    expect(health.dependencies[0]).toMatchObject({
      status: 'down',
      error: 'ResourceNotFoundException',
    });
    expect(JSON.stringify(health)).not.toContain('arn:');
  });
});
