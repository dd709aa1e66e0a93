import { describe, expect, it } from 'vitest';
import { bucket, ofEachAlgorithm } from '../policies.ts';
import { counted } from '../watched-limiter.ts';
import { member, setUpWider, workspace } from './wider-subject.ts';

describe('createLimiter with wider subjects', () => {
  it.each([false, true])(
    'gives the wider units back when the own subject refuses (refundable: %s)',
    async (refundable) => {
      const wide = workspace(10, { refundable });
      const { take, left, calls } = setUpWider(wide, member(1));
      await take();
      expect(await take()).toMatchObject({ allowed: false, verdicts: [{ policy: 'member' }] });
      expect(await left(wide, 'team')).toBe(9);
      expect(calls.at(-2)).toBe('refund workspace#team 1');
    },
  );

  it('gives back a bucket, a window and a lease, not to be retried for nothing', async () => {
    for (const [, wide] of ofEachAlgorithm(5)) {
      const { take, left, clock, limiter } = setUpWider(wide, bucket(1, 1, 60));
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
    const { take, clock, onCall, memory } = setUpWider(wide, member(1));
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

  it("gives the insurance's units back too", async () => {
    const wide = workspace(40, { insuranceDivisor: 10 });
    const { take, fail, limiter } = setUpWider(wide, member(10, { insuranceDivisor: 10 }), {
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
    const { take, onCall, left } = setUpWider(workspace(9), member(9, { onFailure: 'closed' }));
    onCall(async (call) => {
      if (call.startsWith('take member')) throw new Error('down');
    });
    expect(await take()).toMatchObject({ allowed: false, reason: 'failed-closed' });
    expect(await left(workspace(9), 'team')).toBe(9);
  });

  it('counts what could not be given back', async () => {
    const { take, onCall, count, left } = setUpWider(workspace(9), member(1));
    await take();
    onCall(async (call) => {
      if (call.startsWith('refund')) throw new Error('down');
    });
    expect((await take()).allowed).toBe(false);
    expect(counted(count)).toContain('LimiterNotReturned workspace');
    expect(await left(workspace(9), 'team')).toBe(7);
  });
});
