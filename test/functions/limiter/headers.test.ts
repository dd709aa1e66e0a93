import { describe, expect, it } from 'vitest';
import { rateLimitHeaders } from '../../../functions/limiter/headers.ts';
import { createLimiter } from '../../../functions/limiter/limiter.ts';
import type { Policy } from '../../../functions/limiter/policy.ts';
import { createMemoryLimitStore } from '../../../functions/limiter/stores/memory-limit-store.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { hourAndBurst } from './policies.ts';

const decisions = async (
  policy: Policy,
  count: number,
  startMs = Date.UTC(2026, 0, 1, 12, 59, 48),
) => {
  const limiter = createLimiter({ store: createMemoryLimitStore(), clock: manualClock(startMs) });
  const taken = [];
  for (let i = 0; i < count; i++) taken.push(await limiter.take(policy, 'a'));
  return taken;
};

describe('rateLimitHeaders', () => {
  it('writes the fields of the 11th draft', async () => {
    const [, second] = await decisions(hourAndBurst(1000, 100), 2);
    if (second === undefined) throw new Error('no decision');
    expect(rateLimitHeaders(second)).toEqual({
      'ratelimit-policy': '"hour";q=1000;w=3600, "burst";q=100',
      ratelimit: '"hour";r=998;t=12, "burst";r=98;t=8',
      'x-ratelimit-limit': '1000',
      'x-ratelimit-remaining': '998',
      'x-ratelimit-reset': '12',
    });
  });

  it('says when to come back, and no reset later than that', async () => {
    const last = (await decisions(hourAndBurst(1000, 3), 4)).at(-1);
    if (last === undefined) throw new Error('no decision');
    expect(rateLimitHeaders(last)).toEqual({
      'ratelimit-policy': '"hour";q=1000;w=3600, "burst";q=3',
      ratelimit: '"hour";r=997;t=4, "burst";r=0;t=4',
      'x-ratelimit-limit': '3',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '4',
      'retry-after': '4',
    });
  });

  it('writes the fields of the 7th draft when asked to', async () => {
    const [first] = await decisions(hourAndBurst(1000, 100), 1);
    if (first === undefined) throw new Error('no decision');
    expect(rateLimitHeaders(first, 'draft-07')).toMatchObject({
      'ratelimit-policy': '1000;w=3600, 100',
      ratelimit: 'limit=1000, remaining=999, reset=12',
    });
  });
});
