import { describe, expect, it } from 'vitest';
import { definePolicy } from '../../../../functions/limiter/policy.ts';
import { window } from '../policies.ts';
import { counted, watchedLimiter } from '../watched-limiter.ts';
import { member, setUpWider, workspace } from './wider-subject.ts';

describe('createLimiter with wider subjects', () => {
  it('charges the wider subject first, then the own one, and tells of both', async () => {
    const { take, calls } = setUpWider(workspace(10), member(3));
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
    const { take, left } = setUpWider(workspace(1), member(3));
    await take();
    const refused = await take();
    expect(refused).toMatchObject({ allowed: false, verdicts: [{ policy: 'workspace' }] });
    expect(await left(member(3), 'ann')).toBe(2);
  });

  it('charges nobody for what is known to be refused', async () => {
    const { take, calls, count } = setUpWider(workspace(10), member(1));
    await take();
    await take();
    const asked = calls.length;
    expect((await take()).reason).toBe('denied-by-cache');
    expect(calls).toHaveLength(asked);
    expect(counted(count)).toEqual(['LimiterDenied member', 'LimiterDeniedByCache member']);
  });

  it('believes a refusal of the wider subject for a second, as others give units back', async () => {
    const { take, clock, calls } = setUpWider(workspace(1), member(9));
    await take();
    await take();
    clock.advance(999);
    expect((await take()).reason).toBe('denied-by-cache');
    const asked = calls.length;
    clock.advance(1);
    expect((await take()).reason).toBe('denied');
    expect(calls.length).toBe(asked + 1);
  });

  it('charges a subject once that is named twice', async () => {
    const { limiter } = watchedLimiter();
    const policy = window(2, 60);
    const within = [{ policy, key: 'a' }];
    expect((await limiter.take(policy, 'a', { within })).verdicts).toHaveLength(1);
    expect((await limiter.peek(policy, 'a')).verdicts[0]?.remaining).toBe(1);
  });

  it('refuses nobody for a wider shadow, and counts it', async () => {
    const { take, count } = setUpWider(workspace(1, { mode: 'shadow' }), member(3));
    const reasons = [await take(), await take(), await take()].map(({ reason }) => reason);
    expect(reasons).toEqual(['allowed', 'shadowed', 'shadowed']);
    expect((await take()).reason).toBe('denied');
    expect(counted(count).filter((each) => each.startsWith('LimiterShadowed'))).toHaveLength(3);
  });

  it('charges the wider subject for what a shadow of the own one would refuse', async () => {
    const { take, left } = setUpWider(workspace(9), member(1, { mode: 'shadow' }));
    for (let i = 0; i < 3; i++) expect((await take()).allowed).toBe(true);
    expect(await left(workspace(9), 'team')).toBe(6);
  });

  it('says that the store failed for one level, though another is a shadow', async () => {
    const { take, onCall } = setUpWider(workspace(9), member(1, { mode: 'shadow' }));
    await take();
    onCall(async (call) => {
      if (call.startsWith('take workspace')) throw new Error('down');
    });
    expect((await take()).reason).toBe('failed-open');
  });

  it('waits for the slowest leaky bucket', async () => {
    const leaky = (name: string, limit: number) =>
      definePolicy({
        name,
        limits: [{ algorithm: 'leaky-bucket', name, limit, burst: 10, windowSeconds: 10 }],
      });
    const { take } = setUpWider(leaky('wide', 5), leaky('own', 10));
    await take();
    expect((await take()).delayMs).toBe(2000);
  });
});
