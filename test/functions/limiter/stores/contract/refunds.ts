import { describe, expect, it } from 'vitest';
import { limitsOf, type OpenStore, second, start, subjectsOf } from './subject.ts';

const minute = 60 * second;
const hour = limitsOf({ algorithm: 'fixed-window', name: 'hour', limit: 10, windowSeconds: 3600 });
const sliding = limitsOf({
  algorithm: 'sliding-window',
  name: 'minute',
  limit: 10,
  windowSeconds: 60,
});
/** Ten units, one back each second. */
const bucket = limitsOf({
  algorithm: 'token-bucket',
  name: 'burst',
  burst: 10,
  limit: 1,
  windowSeconds: 1,
});
const both = [...hour, ...bucket];

/** What holds for units that are given back. */
export const refundContract = (open: OpenStore): void => {
  const setUp = subjectsOf(open);
  const a = { requestId: 'a', refundable: true };

  describe('a refundable charge', () => {
    it('is known by its record for ten minutes, and then forgotten', async () => {
      const { kind } = setUp(bucket, 2);
      expect(await kind(start, a)).toBe('charged');
      expect(await kind(start + 10 * minute - 1, { ...a, from: 1 })).toBe('duplicate');
      expect(await kind(start + 10 * minute, { ...a, from: 1 })).toBe('charged');
      expect(await kind(start + 10 * minute, a)).toBe('duplicate');
    });

    it('comes back once, whichever process asks', async () => {
      const { kind, refund } = setUp(both, 2);
      await kind(start, { ...a, cost: 10 });
      expect(await kind()).toBe('denied');
      const given = { requestId: 'a', cost: 10 };
      expect(await refund(start, { ...given, from: 1 })).toBe(true);
      expect(await refund(start, given)).toBe(false);
      expect(await refund(start, { ...given, from: 1 })).toBe(false);
      expect(await kind(start, { cost: 10 })).toBe('charged');
      expect(await kind()).toBe('denied');
    });

    it('comes back once when four processes ask at once', async () => {
      const { kind, refund } = setUp(both, 4);
      await kind(start, { ...a, cost: 4 });
      await kind(start, { cost: 6 });
      const given = [0, 1, 2, 3].map((from) => refund(start, { requestId: 'a', cost: 4, from }));
      expect((await Promise.all(given)).sort()).toEqual([false, false, false, true]);
      expect(await kind(start, { cost: 5 })).toBe('denied');
      expect(await kind(start, { cost: 4 })).toBe('charged');
    });

    it('comes back in part', async () => {
      const { kind, refund } = setUp(both);
      await kind(start, { ...a, cost: 10 });
      expect(await refund(start, { requestId: 'a', cost: 10, units: 3 })).toBe(true);
      expect(await kind(start, { cost: 4 })).toBe('denied');
      expect(await kind(start, { cost: 3 })).toBe('charged');
      expect(await refund(start, { requestId: 'a', cost: 10, units: 3 })).toBe(false);
    });

    it('is used up by a refund of no units', async () => {
      const { kind, refund, numbers } = setUp(hour);
      await kind(start, { ...a, cost: 4 });
      expect(await refund(start, { requestId: 'a', cost: 4, units: 0 })).toBe(true);
      expect(Object.values(await numbers())).toEqual([4]);
      expect(await refund(start, { requestId: 'a', cost: 4 })).toBe(false);
    });

    it('can be charged again once it has come back', async () => {
      const { kind, refund } = setUp(both, 2);
      await kind(start, { ...a, cost: 10 });
      expect(await refund(start, { requestId: 'a', cost: 10 })).toBe(true);
      expect(await kind(start, { ...a, cost: 10, from: 1 })).toBe('charged');
      expect(await refund(start, { requestId: 'a', cost: 10 })).toBe(true);
      expect(await refund(start, { requestId: 'a', cost: 10, from: 1 })).toBe(false);
    });

    it('does not come back under another id, another cost, or after ten minutes', async () => {
      const { kind, refund, numbers } = setUp(hour, 2);
      await kind(start, { ...a, cost: 4 });
      const before = await numbers();
      expect(await refund(start, { requestId: 'b', cost: 4, from: 1 })).toBe(false);
      expect(await refund(start, { requestId: 'a', cost: 5 })).toBe(false);
      expect(await numbers()).toEqual(before);
      expect(await refund(start + 10 * minute, { requestId: 'a', cost: 4 })).toBe(false);
      expect(Object.values(await numbers())).toContain(4);
      expect(await kind(start + 10 * minute, { cost: 7 })).toBe('denied');
    });

    it('does not come back when it was refused, or charged without a record', async () => {
      const { kind, refund } = setUp(hour);
      await kind(start, { cost: 10, requestId: 'plain' });
      expect(await kind(start, a)).toBe('denied');
      expect(await refund(start, { requestId: 'a' })).toBe(false);
      expect(await refund(start, { requestId: 'plain', cost: 10 })).toBe(false);
    });

    it('comes back to the window that was charged, and to no other', async () => {
      const { kind, refund, numbers } = setUp(hour, 2);
      const late = start + 59 * minute;
      await kind(late, { ...a, cost: 10 });
      const next = start + 60 * minute;
      await kind(next, { cost: 10 });
      const before = Object.keys(await numbers(next)).filter((name) => name.startsWith('w_'));
      expect(await refund(next, { requestId: 'a', cost: 10, from: 1 })).toBe(true);
      expect(await kind(next)).toBe('denied');
      const after = Object.keys(await numbers(next)).filter((name) => name.startsWith('w_'));
      expect(before).toEqual(expect.arrayContaining(after));
    });

    it('comes back to a sliding window that is still in sight', async () => {
      const { kind, refund } = setUp(sliding, 2);
      await kind(start, { ...a, cost: 8 });
      const next = start + minute;
      expect(await kind(next, { cost: 3 })).toBe('denied');
      expect(await refund(next, { requestId: 'a', cost: 8, units: 6, from: 1 })).toBe(true);
      expect(await kind(next, { cost: 9 })).toBe('denied');
      expect(await kind(next, { cost: 8 })).toBe('charged');
      expect(await kind(next + minute, { ...a, cost: 2 })).toBe('charged');
      expect(await refund(next + 3 * minute, { requestId: 'a', cost: 2 })).toBe(true);
      expect(await kind(next + 3 * minute, { cost: 10 })).toBe('charged');
      expect(await kind(next + 3 * minute)).toBe('denied');
    });
  });
};
