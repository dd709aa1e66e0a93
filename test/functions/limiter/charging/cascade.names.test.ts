import { describe, expect, it } from 'vitest';
import { rateLimitHeaders } from '../../../../functions/limiter/http/headers.ts';
import { definePolicy } from '../../../../functions/limiter/policy.ts';
import { watchedLimiter } from '../watched-limiter.ts';
import { setUpWider } from './wider-subject.ts';

describe('createLimiter with wider subjects', () => {
  describe('whose limits have the same names', () => {
    const hourOf = (name: string, limit: number) =>
      definePolicy({
        name,
        limits: [{ algorithm: 'fixed-window', name: 'hour', limit, windowSeconds: 3600 }],
      });

    it('tells them apart by their policies, in headers of both drafts', async () => {
      const { take } = setUpWider(hourOf('workspace', 100), hourOf('member', 10));
      const decision = await take();
      expect(rateLimitHeaders(decision)).toMatchObject({
        'ratelimit-policy': '"workspace-hour";q=100;w=3600, "member-hour";q=10;w=3600',
        ratelimit: '"workspace-hour";r=99;t=3600, "member-hour";r=9;t=3600',
      });
      expect(rateLimitHeaders(decision, 'draft-07')).toMatchObject({
        'ratelimit-policy': '100;w=3600, 10;w=3600',
        ratelimit: 'limit=100, remaining=99, reset=3600',
      });
    });

    it('calls them the same when one refuses, from the store or from the cache', async () => {
      const { take } = setUpWider(hourOf('workspace', 100), hourOf('member', 1));
      await take();
      for (const reason of ['denied', 'denied-by-cache']) {
        expect(await take()).toMatchObject({ reason, verdicts: [{ policy: 'member-hour' }] });
      }
    });

    it('calls a limit by its own name beside a shared one, which is told when it refuses', async () => {
      const { limiter } = watchedLimiter({ shared: hourOf('all', 1) });
      const take = (key: string) => limiter.take(hourOf('member', 5), key);
      expect((await take('ann')).verdicts).toMatchObject([{ policy: 'hour', limit: 5 }]);
      expect((await take('bob')).verdicts).toMatchObject([{ policy: 'all-hour', limit: 1 }]);
    });

    it('numbers subjects of one policy', async () => {
      const { limiter } = watchedLimiter();
      const policy = hourOf('p', 5);
      const within = [{ policy, key: 'team' }];
      const { verdicts } = await limiter.take(policy, 'ann', { within });
      expect(verdicts.map(({ policy: name }) => name)).toEqual(['p-hour', 'p-2-hour']);
    });
  });
});
