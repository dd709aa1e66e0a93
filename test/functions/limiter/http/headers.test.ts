import { describe, expect, it } from 'vitest';
import { rateLimitHeaders } from '../../../../functions/limiter/http/headers.ts';
import { createLimiter } from '../../../../functions/limiter/limiter.ts';
import {
  definePolicy,
  type LimitInput,
  type Policy,
} from '../../../../functions/limiter/policy.ts';
import { createMemoryLimitStore } from '../../../../functions/limiter/stores/memory-limit-store.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { hourAndBurst, ofEachAlgorithm } from '../policies.ts';

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

  it.each(['draft-11', 'draft-07'] as const)(
    'says of several limits how long each lasts, as %s',
    async (format) => {
      const limits: LimitInput[] = [
        { algorithm: 'token-bucket', name: 'burst', burst: 3, limit: 60, windowSeconds: 60 },
        { algorithm: 'fixed-window', name: 'hour', limit: 50, windowSeconds: 3600 },
        { algorithm: 'sliding-window', name: 'day', limit: 500, windowSeconds: 86_400 },
      ];
      const taken = await decisions(definePolicy({ name: 'p', limits }), 4);
      const [first, , , last] = taken.map((decision) => rateLimitHeaders(decision, format));
      const fields = {
        'draft-11': {
          policy: '"burst";q=3, "hour";q=50;w=3600, "day";q=500;w=86400',
          first: '"burst";r=2;t=1, "hour";r=49;t=12, "day";r=499;t=126012',
          last: '"burst";r=0;t=1, "hour";r=47;t=1, "day";r=497;t=1',
        },
        'draft-07': {
          policy: '3, 50;w=3600, 500;w=86400',
          first: 'limit=3, remaining=2, reset=1',
          last: 'limit=3, remaining=0, reset=1',
        },
      }[format];
      expect(first).toEqual({
        'ratelimit-policy': fields.policy,
        ratelimit: fields.first,
        'x-ratelimit-limit': '3',
        'x-ratelimit-remaining': '2',
        'x-ratelimit-reset': '1',
      });
      expect(last).toMatchObject({
        ratelimit: fields.last,
        'retry-after': '1',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '1',
      });
    },
  );

  it('says no time later than Retry-After, whatever refuses', async () => {
    for (const [, policy] of ofEachAlgorithm(3)) {
      const clock = manualClock();
      const limiter = createLimiter({ store: createMemoryLimitStore(), clock });
      for (let i = 0; i < 60; i++) {
        const decision = await limiter.take(policy, 'a', { requestId: `r${i}` });
        const headers = rateLimitHeaders(decision);
        if (!decision.allowed) {
          const retryAfter = Number(headers['retry-after']);
          expect(retryAfter).toBe(decision.retryAfterSeconds);
          expect(retryAfter).toBeGreaterThan(0);
          for (const [, reset] of headers.ratelimit?.matchAll(/t=(\d+)/g) ?? []) {
            expect(Number(reset)).toBeLessThanOrEqual(retryAfter);
          }
          expect(Number(headers['x-ratelimit-reset'])).toBeLessThanOrEqual(retryAfter);
        }
        clock.advance(i * 97);
      }
    }
  });
});
