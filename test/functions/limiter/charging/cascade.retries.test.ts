import { describe, expect, it } from 'vitest';
import { bucket } from '../policies.ts';
import { member, setUpWider, workspace } from './wider-subject.ts';

describe('createLimiter with wider subjects', () => {
  it('charges a retry nowhere', async () => {
    const { take, left, another } = setUpWider(workspace(10), member(5));
    await take('r');
    expect((await take('r')).allowed).toBe(true);
    expect((await take('r', another())).allowed).toBe(true);
    expect(await left(workspace(10), 'team')).toBe(9);
    expect(await left(member(5), 'ann')).toBe(4);
  });

  it('knows the retry of the request that took the last units of both', async () => {
    const { take, another } = setUpWider(workspace(1), member(1));
    await take('r');
    expect((await take('s')).allowed).toBe(false);
    expect((await take('r')).allowed).toBe(true);
    expect((await take('r', another())).allowed).toBe(true);
  });

  it.each([false, true])(
    'charges both once for a retry in flight beside its original (wider leased: %s)',
    async (leased) => {
      const wide = workspace(1000, { leased });
      const { take, left, limiter, memory, clock } = setUpWider(wide, member(5));
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
    const { take, left, limiter, clock, onCall, another } = setUpWider(wide, own);
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
    const { take, left, another, onCall } = setUpWider(workspace(10), member(5));
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
    const { take, another } = setUpWider(workspace(2, { leased: true }), member(5));
    const other = another();
    await take('r');
    expect((await take('r', other)).allowed).toBe(true);
    expect((await take('s', other)).allowed).toBe(true);
  });
});
