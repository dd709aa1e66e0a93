import { describe, expect, it } from 'vitest';
import { receiptOf } from '../../../../../functions/limiter/algorithms/limit.ts';
import { limitsOf, type OpenStore, second, start, subjectsOf } from './subject.ts';

const hour = limitsOf({ algorithm: 'fixed-window', name: 'hour', limit: 10, windowSeconds: 3600 });
/** Ten units, one back each second. */
const bucket = limitsOf({
  algorithm: 'token-bucket',
  name: 'burst',
  burst: 10,
  limit: 1,
  windowSeconds: 1,
});
const both = [...hour, ...bucket];
const atOnce = limitsOf({
  algorithm: 'concurrency',
  name: 'at-once',
  limit: 2,
  leaseSeconds: 10,
});

/** What holds for units that a bucket gets back, for receipts, and for a reset. */
export const owedUnitsContract = (open: OpenStore): void => {
  const setUp = subjectsOf(open);
  const a = { requestId: 'a', refundable: true };

  describe('a bucket', () => {
    it('gets back no more than is still owed since the take', async () => {
      const { kind, refund } = setUp(bucket);
      await kind(start, { ...a, cost: 4 });
      // Three of the four have flowed back by themselves.
      const later = start + 3 * second;
      await kind(later, { cost: 9 });
      expect(await refund(later, { requestId: 'a', cost: 4 })).toBe(true);
      expect(await kind(later, { cost: 2 })).toBe('denied');
      expect(await kind(later)).toBe('charged');
    });

    it('gets back nothing of what has flowed back', async () => {
      const { kind, refund } = setUp(bucket);
      await kind(start, { ...a, cost: 4 });
      const later = start + 4 * second;
      await kind(later, { cost: 10 });
      expect(await refund(later, { requestId: 'a', cost: 4 })).toBe(true);
      expect(await kind(later)).toBe('denied');
    });

    it('gets back a part by what the whole charge still owes', async () => {
      const { kind, refund } = setUp(bucket);
      await kind(start, { ...a, cost: 10 });
      const later = start + 4 * second;
      expect(await refund(later, { requestId: 'a', cost: 10, units: 5 })).toBe(true);
      expect(await kind(later, { cost: 10 })).toBe('denied');
      expect(await kind(later, { cost: 9 })).toBe('charged');
    });

    it('does not let many refunds pass what was taken meanwhile', async () => {
      const { kind, refund } = setUp(bucket);
      await kind(start, { ...a, cost: 5 });
      await kind(start, { ...a, requestId: 'b', cost: 5 });
      await refund(start, { requestId: 'a', cost: 5 });
      // Without the first, the second has flowed back by now; these five are others.
      const later = start + 5 * second;
      await kind(later, { cost: 10 });
      await refund(later, { requestId: 'b', cost: 5 });
      expect(await kind(later)).toBe('denied');
    });
  });

  describe('a receipt', () => {
    it('gives a charge with an id back, once', async () => {
      const { take, kind, refund } = setUp(both, 2);
      const { state } = await take(start, { cost: 10, requestId: 'a' });
      const receipt = receiptOf(both, state, start);
      const given = { requestId: 'a', cost: 10, receipt };
      expect(await refund(start, { ...given, requestId: 'b' })).toBe(false);
      expect(await refund(start, { ...given, cost: 9 })).toBe(false);
      expect(await refund(start, { ...given, from: 1 })).toBe(true);
      expect(await refund(start, given)).toBe(false);
      expect(await kind(start, { cost: 10, requestId: 'a' })).toBe('charged');
      expect(await kind()).toBe('denied');
    });
  });

  describe('a reset', () => {
    it('forgets counts, records, ids and leases, in every process', async () => {
      const limits = [...both, ...atOnce];
      const { take, kind, numbers, reset, refund, release } = setUp(limits, 2);
      await take(start, { cost: 10, requestId: 'held' });
      await reset(1);
      expect(await numbers()).toEqual({});
      expect(await release(start, 'held')).toBe(false);
      expect(await kind(start, { cost: 10, requestId: 'held' })).toBe('charged');
      await reset();
      await kind(start, { ...a, cost: 4, under: both });
      await reset(1);
      expect(await refund(start, { requestId: 'a', cost: 4 })).toBe(false);
      expect(await kind(start, { ...a, cost: 4, under: both })).toBe('charged');
    });

    it('of a subject that is not there does nothing', async () => {
      const { reset, numbers } = setUp(both);
      await reset();
      expect(await numbers()).toEqual({});
    });
  });
};
