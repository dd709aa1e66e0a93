import { describe, expect, it } from 'vitest';
import { rateLimitHeaders } from '../../../../functions/limiter/http/headers.ts';
import type { Policy } from '../../../../functions/limiter/policy.ts';
import { definePolicy } from '../../../../functions/limiter/policy.ts';
import { bucket, ofEachAlgorithm, window } from '../policies.ts';
import { counted, watchedLimiter } from '../watched-limiter.ts';

const workspace = (limit: number, flags = {}) => window(limit, 3600, 'workspace', flags);
const member = (limit: number, flags = {}) => window(limit, 3600, 'member', flags);

const setUp = (wide: Policy, own: Policy, options = {}) => {
  const parts = watchedLimiter(options);
  const within = [{ policy: wide, key: 'team' }];
  return {
    ...parts,
    within,
    take: (requestId?: string, from = parts.limiter) =>
      from.take(own, 'ann', { within, ...(requestId !== undefined && { requestId }) }),
    left: async (policy: Policy, key: string) =>
      (await parts.limiter.peek(policy, key)).verdicts[0]?.remaining,
  };
};

describe('createLimiter with wider subjects', () => {
  it('charges the wider subject first, then the own one, and tells of both', async () => {
    const { take, calls } = setUp(workspace(10), member(3));
    const decision = await take();
    expect(decision).toMatchObject({
      allowed: true,
      reason: 'allowed',
      policy: { name: 'member' },
    });
    expect(decision.verdicts).toMatchObject([
      { policy: 'workspace', remaining: 9 },
      { policy: 'member', remaining: 2 },
    ]);
    expect(calls).toEqual(['take workspace#team 1', 'take member#ann 1']);
  });

  it('does not charge the own subject when the wider one refuses', async () => {
    const { take, left } = setUp(workspace(1), member(3));
    await take();
    const refused = await take();
    expect(refused).toMatchObject({ allowed: false, verdicts: [{ policy: 'workspace' }] });
    expect(await left(member(3), 'ann')).toBe(2);
  });

  it.each([false, true])(
    'gives the wider units back when the own subject refuses (refundable: %s)',
    async (refundable) => {
      const wide = workspace(10, { refundable });
      const { take, left, calls } = setUp(wide, member(1));
      await take();
      expect(await take()).toMatchObject({ allowed: false, verdicts: [{ policy: 'member' }] });
      expect(await left(wide, 'team')).toBe(9);
      expect(calls.at(-2)).toBe('refund workspace#team 1');
    },
  );

  it('gives back a bucket, a window and a lease, not to be retried for nothing', async () => {
    for (const [, wide] of ofEachAlgorithm(5)) {
      const { take, left, clock, limiter } = setUp(wide, bucket(1, 1, 60));
      await take('first');
      expect((await take('second')).allowed).toBe(false);
      expect(await left(wide, 'team')).toBe(4);
      clock.advance((await limiter.peek(bucket(1, 1, 60), 'ann')).retryAfterSeconds * 1000);
      const before = (await left(wide, 'team')) ?? 0;
      expect((await take('second')).allowed).toBe(true);
      expect(await left(wide, 'team')).toBe(before - 1);
    }
  });

  it('gives back to a bucket only what is still owed when the refusal is known', async () => {
    const wide = bucket(10, 10, 1);
    const { take, clock, onCall, memory } = setUp(wide, member(1));
    await take();
    clock.advance(10_000);
    onCall(async (call) => {
      if (!call.startsWith('take member')) return;
      clock.advance(1000);
      const nowMicros = clock.now() * 1000;
      await memory.take({ key: 'bucket#team', limits: wide.limits, cost: 10, nowMicros });
    });
    expect((await take()).allowed).toBe(false);
    const answer = await memory.take({
      key: 'bucket#team',
      limits: wide.limits,
      cost: 1,
      nowMicros: clock.now() * 1000,
    });
    expect(answer.kind).toBe('denied');
  });

  it('charges nobody for what is known to be refused', async () => {
    const { take, calls, count } = setUp(workspace(10), member(1));
    await take();
    await take();
    const asked = calls.length;
    expect((await take()).reason).toBe('denied-by-cache');
    expect(calls).toHaveLength(asked);
    expect(counted(count)).toEqual(['LimiterDenied member', 'LimiterDeniedByCache member']);
  });

  it('believes a refusal of the wider subject for a second, as others give units back', async () => {
    const { take, clock, calls } = setUp(workspace(1), member(9));
    await take();
    await take();
    clock.advance(999);
    expect((await take()).reason).toBe('denied-by-cache');
    const asked = calls.length;
    clock.advance(1);
    expect((await take()).reason).toBe('denied');
    expect(calls.length).toBe(asked + 1);
  });

  it('charges a retry nowhere', async () => {
    const { take, left, another } = setUp(workspace(10), member(5));
    await take('r');
    expect((await take('r')).allowed).toBe(true);
    expect((await take('r', another())).allowed).toBe(true);
    expect(await left(workspace(10), 'team')).toBe(9);
    expect(await left(member(5), 'ann')).toBe(4);
  });

  it('knows the retry of the request that took the last units of both', async () => {
    const { take, another } = setUp(workspace(1), member(1));
    await take('r');
    expect((await take('s')).allowed).toBe(false);
    expect((await take('r')).allowed).toBe(true);
    expect((await take('r', another())).allowed).toBe(true);
  });

  it.each([false, true])(
    'charges both once for a retry in flight beside its original (wider leased: %s)',
    async (leased) => {
      const wide = workspace(1000, { leased });
      const { take, left, limiter, memory, clock } = setUp(wide, member(5));
      const both = await Promise.all([take('r'), take('r'), take('r')]);
      expect(both.map(({ allowed }) => allowed)).toEqual([true, true, true]);
      expect(await left(member(5), 'ann')).toBe(4);
      if (!leased) expect(await left(wide, 'team')).toBe(999);
      // What is left of the lease, then of the limit: 999 in all.
      let spent = 0;
      while ((await limiter.take(wide, 'team')).allowed) spent++;
      expect(spent).toBe(999);
      const { numbers } = await memory.peek('workspace#team', clock.now() * 1000);
      expect(Object.values(numbers)).toEqual([1000]);
    },
  );

  it('charges the wider subject although the original beside the retry was refused and undone', async () => {
    const wide = workspace(10);
    const own = bucket(1, 1, 1);
    const { take, left, limiter, clock, onCall, another } = setUp(wide, own);
    await limiter.take(own, 'ann');
    const reached = Promise.withResolvers<void>();
    const undone = Promise.withResolvers<void>();
    let retry: ReturnType<typeof take> | undefined;
    onCall(async (call) => {
      if (!call.startsWith('refund')) return;
      // The retry finds the original's charge; once that is undone it has room of its own.
      onCall(async (later) => {
        if (later.startsWith('take workspace')) clock.advance(1000);
        if (!later.startsWith('take bucket')) return;
        reached.resolve();
        await undone.promise;
      });
      retry = take('r', another());
      await reached.promise;
    });
    expect((await take('r')).allowed).toBe(false);
    undone.resolve();
    expect((await retry)?.allowed).toBe(true);
    expect(await left(wide, 'team')).toBe(9);
  });

  it('leaves the wider charge to a retry that overtook its original', async () => {
    const { take, left, another, onCall } = setUp(workspace(10), member(5));
    const overtaken = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    onCall(async (call) => {
      if (!call.startsWith('take member')) return;
      onCall(async () => undefined);
      reached.resolve();
      await overtaken.promise;
    });
    const original = take('r');
    await reached.promise;
    expect((await take('r', another())).allowed).toBe(true);
    overtaken.resolve();
    expect((await original).allowed).toBe(true);
    expect(await left(workspace(10), 'team')).toBe(9);
    expect(await left(member(5), 'ann')).toBe(4);
  });

  it('spends no leased units on a retry that another process has charged', async () => {
    const { take, another } = setUp(workspace(2, { leased: true }), member(5));
    const other = another();
    await take('r');
    expect((await take('r', other)).allowed).toBe(true);
    expect((await take('s', other)).allowed).toBe(true);
  });

  it('charges a subject once that is named twice', async () => {
    const { limiter } = watchedLimiter();
    const policy = window(2, 60);
    const within = [{ policy, key: 'a' }];
    expect((await limiter.take(policy, 'a', { within })).verdicts).toHaveLength(1);
    expect((await limiter.peek(policy, 'a')).verdicts[0]?.remaining).toBe(1);
  });

  it('refuses nobody for a wider shadow, and counts it', async () => {
    const { take, count } = setUp(workspace(1, { mode: 'shadow' }), member(3));
    const reasons = [await take(), await take(), await take()].map(({ reason }) => reason);
    expect(reasons).toEqual(['allowed', 'shadowed', 'shadowed']);
    expect((await take()).reason).toBe('denied');
    expect(counted(count).filter((each) => each.startsWith('LimiterShadowed'))).toHaveLength(3);
  });

  it('charges the wider subject for what a shadow of the own one would refuse', async () => {
    const { take, left } = setUp(workspace(9), member(1, { mode: 'shadow' }));
    for (let i = 0; i < 3; i++) expect((await take()).allowed).toBe(true);
    expect(await left(workspace(9), 'team')).toBe(6);
  });

  it('says that the store failed for one level, though another is a shadow', async () => {
    const { take, onCall } = setUp(workspace(9), member(1, { mode: 'shadow' }));
    await take();
    onCall(async (call) => {
      if (call.startsWith('take workspace')) throw new Error('down');
    });
    expect((await take()).reason).toBe('failed-open');
  });

  it("gives the insurance's units back too", async () => {
    const wide = workspace(40, { insuranceDivisor: 10 });
    const { take, fail, limiter } = setUp(wide, member(10, { insuranceDivisor: 10 }), {
      breaker: { failures: 1e6 },
    });
    fail(true);
    const taken = [];
    for (let i = 0; i < 9; i++) taken.push((await take()).allowed);
    expect(taken).toEqual([true, ...Array(8).fill(false)]);
    for (let i = 0; i < 3; i++) expect((await limiter.take(wide, 'team')).allowed).toBe(true);
    expect((await limiter.take(wide, 'team')).allowed).toBe(false);
  });

  it('refuses for a level that fails closed, and gives back what was taken', async () => {
    const { take, onCall, left } = setUp(workspace(9), member(9, { onFailure: 'closed' }));
    onCall(async (call) => {
      if (call.startsWith('take member')) throw new Error('down');
    });
    expect(await take()).toMatchObject({ allowed: false, reason: 'failed-closed' });
    expect(await left(workspace(9), 'team')).toBe(9);
  });

  it('counts what could not be given back', async () => {
    const { take, onCall, count, left } = setUp(workspace(9), member(1));
    await take();
    onCall(async (call) => {
      if (call.startsWith('refund')) throw new Error('down');
    });
    expect((await take()).allowed).toBe(false);
    expect(counted(count)).toContain('LimiterNotReturned workspace');
    expect(await left(workspace(9), 'team')).toBe(7);
  });

  it('waits for the slowest leaky bucket', async () => {
    const leaky = (name: string, limit: number) =>
      definePolicy({
        name,
        limits: [{ algorithm: 'leaky-bucket', name, limit, burst: 10, windowSeconds: 10 }],
      });
    const { take } = setUp(leaky('wide', 5), leaky('own', 10));
    await take();
    expect((await take()).delayMs).toBe(2000);
  });

  describe('whose limits have the same names', () => {
    const hourOf = (name: string, limit: number) =>
      definePolicy({
        name,
        limits: [{ algorithm: 'fixed-window', name: 'hour', limit, windowSeconds: 3600 }],
      });

    it('tells them apart by their policies, in headers of both drafts', async () => {
      const { take } = setUp(hourOf('workspace', 100), hourOf('member', 10));
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
      const { take } = setUp(hourOf('workspace', 100), hourOf('member', 1));
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
