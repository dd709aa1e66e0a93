import { describe, expect, it } from 'vitest';
import { windowAttribute } from '../../../../functions/limiter/algorithms/fixed-window.ts';
import { bucketAttribute } from '../../../../functions/limiter/algorithms/token-bucket.ts';
import { bucket, hourAndBurst, window } from '../policies.ts';
import { algorithmContract } from './contract/algorithms.ts';
import { leaseContract } from './contract/leases.ts';
import { owedUnitsContract } from './contract/owed-units.ts';
import { refundContract } from './contract/refunds.ts';
import { type OpenStore, second, start, subjectsOf } from './contract/subject.ts';

/** What holds for every {@link LimitStore}; `open` gives one more process's view of one store. */
export const limitStoreContract = (name: string, open: OpenStore): void => {
  const setUp = subjectsOf(open);

  describe(`LimitStore contract: ${name}`, () => {
    it('knows nothing of a new subject', async () => {
      expect(await setUp(window(1, 60).limits).numbers()).toEqual({});
    });

    it('charges every limit of a subject at once', async () => {
      const { limits } = hourAndBurst(1000, 100);
      const { take } = setUp(limits);
      const answer = await take(start, { cost: 3 });
      const [hour, burst] = limits as [never, never];
      expect(answer.kind).toBe('charged');
      expect(answer.state.numbers).toEqual({
        [windowAttribute(hour, start)]: 3,
        [bucketAttribute(burst)]: start + 3 * 3.6 * second,
      });
    });

    it('charges no limit when one of them refuses', async () => {
      const { kind, numbers } = setUp(hourAndBurst(1000, 10).limits);
      await kind(start, { cost: 8 });
      const before = await numbers();
      expect(await kind(start, { cost: 3 })).toBe('denied');
      expect(await numbers()).toEqual(before);
      expect(await kind(start, { cost: 2 })).toBe('charged');
    });

    it('hands the state over with a refusal', async () => {
      const { limits } = window(2, 60);
      const { take } = setUp(limits);
      await take(start, { cost: 2 });
      const answer = await take();
      expect(answer).toMatchObject({ kind: 'denied' });
      expect(answer.state.numbers).toEqual({ [windowAttribute(limits[0] as never, start)]: 2 });
    });

    it('admits exactly the limit in a window, and as much again in the next', async () => {
      const { kind } = setUp(window(3, 60).limits);
      const kinds = async (at: number) => [
        await kind(at),
        await kind(at),
        await kind(at),
        await kind(at),
      ];
      const expected = ['charged', 'charged', 'charged', 'denied'];
      expect(await kinds(start)).toEqual(expected);
      expect(await kinds(start + 59.999 * second)).toEqual(Array(4).fill('denied'));
      expect(await kinds(start + 60 * second)).toEqual(expected);
    });

    it('refills a bucket unit by unit', async () => {
      const { kind } = setUp(bucket(2, 1, 1).limits);
      expect(await kind(start, { cost: 2 })).toBe('charged');
      expect(await kind(start + second - 1)).toBe('denied');
      expect(await kind(start + second)).toBe('charged');
      expect(await kind(start + second)).toBe('denied');
      expect(await kind(start + 10 * second, { cost: 2 })).toBe('charged');
      expect(await kind(start + 10 * second)).toBe('denied');
    });

    it('lets one process see what another has charged', async () => {
      const { kind } = setUp(hourAndBurst(1000, 4).limits, 3);
      for (const from of [0, 1, 2, 0]) expect(await kind(start, { from })).toBe('charged');
      for (const from of [0, 1, 2]) expect(await kind(start, { from })).toBe('denied');
    });

    it('admits no more than the limit to 32 callers at once from four processes', async () => {
      const { kind } = setUp(hourAndBurst(1000, 7).limits, 4);
      const kinds = await Promise.all(
        Array.from({ length: 32 }, (_, caller) => kind(start, { from: caller % 4 })),
      );
      expect(kinds.filter((each) => each === 'charged')).toHaveLength(7);
    });

    it('applies a changed limit at once, up or down', async () => {
      const { kind } = setUp(window(2, 3600).limits);
      await kind(start, { cost: 2 });
      expect(await kind()).toBe('denied');
      expect(await kind(start, { under: window(3, 3600).limits })).toBe('charged');
      expect(await kind(start, { under: window(2, 3600).limits })).toBe('denied');
    });

    it('starts a new bucket when its parameters change, and never locks the caller out', async () => {
      const { kind } = setUp(bucket(2, 1, 3600).limits);
      await kind(start, { cost: 2 });
      expect(await kind()).toBe('denied');
      const raised = bucket(20, 1, 1).limits;
      expect(await kind(start, { under: raised, cost: 20 })).toBe('charged');
      expect(await kind(start, { under: raised })).toBe('denied');
    });

    describe('with a request id', () => {
      const once = { requestId: 'request-1' };

      it('charges a request once, in every process', async () => {
        const { kind, numbers } = setUp(hourAndBurst(1000, 100).limits, 2);
        expect(await kind(start, once)).toBe('charged');
        const before = await numbers();
        expect(await kind(start + second, once)).toBe('duplicate');
        expect(await kind(start + 2 * second, { ...once, from: 1 })).toBe('duplicate');
        expect(await numbers()).toEqual(before);
      });

      it('knows the retry of the request that took the last unit', async () => {
        const { kind } = setUp(window(1, 3600).limits, 2);
        expect(await kind(start, once)).toBe('charged');
        expect(await kind(start, { ...once, from: 1 })).toBe('duplicate');
        expect(await kind(start, { requestId: 'request-2', from: 1 })).toBe('denied');
      });

      it.each([-30, -15, 29, 30, 44])('knows it %d s away', async (seconds) => {
        const { kind } = setUp(window(9, 86_400).limits);
        const at = start + 15 * second;
        expect(await kind(at, once)).toBe('charged');
        expect(await kind(at + seconds * second, once)).toBe('duplicate');
      });

      it('forgets it after 90 s', async () => {
        const { kind } = setUp(window(9, 86_400).limits);
        await kind(start, once);
        expect(await kind(start + 90 * second, once)).toBe('charged');
      });

      it('charges a request once when it is sent from four processes at once', async () => {
        const { kind } = setUp(window(9, 3600).limits, 4);
        const kinds = await Promise.all([0, 1, 2, 3].map((from) => kind(start, { ...once, from })));
        expect(kinds.sort()).toEqual(['charged', 'duplicate', 'duplicate', 'duplicate']);
      });

      it('does not remember a request that it refused', async () => {
        const { kind } = setUp(window(1, 60).limits);
        await kind();
        expect(await kind(start, once)).toBe('denied');
        expect(await kind(start + 60 * second, once)).toBe('charged');
      });

      it('keeps limiting a subject that sends more ids than it remembers', async () => {
        const { take, kind } = setUp(window(200, 3600).limits);
        for (let i = 0; i < 200; i++) await take(start, { requestId: `many-${i}` });
        expect(await kind(start, { requestId: 'one more' })).toBe('denied');
        expect(await kind(start, { requestId: 'many-0' })).toBe('duplicate');
        const last = await take(start, { requestId: 'one more' });
        expect(last.state.requestIds.length).toBeLessThanOrEqual(128);
      });
    });
    algorithmContract(open);
    leaseContract(open);
    refundContract(open);
    owedUnitsContract(open);
  });
};
