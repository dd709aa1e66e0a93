import { describe, expect, it } from 'vitest';
import { assess, fitsAll } from '../../../../../functions/limiter/algorithms/limit.ts';
import { emptyState } from '../../../../../functions/limiter/algorithms/subject-state.ts';
import { createMemoryLimitStore } from '../../../../../functions/limiter/stores/memory-limit-store.ts';
import { seededRandom } from '../../../../support/random.ts';
import { limitsOf, type OpenStore, second, start, subjectsOf, tally } from './subject.ts';

const minute = 60 * second;
const windowSeconds = 60;
const sliding = (limit: number) =>
  limitsOf({ algorithm: 'sliding-window', name: 'sliding', limit, windowSeconds });
const leaky = limitsOf({
  algorithm: 'leaky-bucket',
  name: 'shaper',
  burst: 3,
  limit: 1,
  windowSeconds: 1,
});
const allFive = limitsOf(
  { algorithm: 'token-bucket', name: 'burst', burst: 100, limit: 100, windowSeconds: 1 },
  { algorithm: 'fixed-window', name: 'day', limit: 50, windowSeconds: 86_400 },
  { algorithm: 'fixed-window', name: 'hour', limit: 40, windowSeconds: 3600 },
  { algorithm: 'sliding-window', name: 'minute', limit: 20, windowSeconds },
  { algorithm: 'concurrency', name: 'at-once', limit: 4, leaseSeconds: 30 },
);

/** What each algorithm answers, alone and with others on one subject. */
export const algorithmContract = (open: OpenStore): void => {
  const setUp = subjectsOf(open);

  describe('a sliding window', () => {
    it('weighs the window before by the part of it that is in sight', async () => {
      const { kind } = setUp(sliding(10));
      expect(await kind(start, { cost: 8 })).toBe('charged');
      // 8 x 45/60 = 6 at a quarter of the next window.
      const quarter = start + minute + 15 * second;
      expect(await kind(quarter - 1, { cost: 4 })).toBe('denied');
      expect(await kind(quarter, { cost: 4 })).toBe('charged');
      expect(await kind(quarter)).toBe('denied');
      // 8 x 37.5/60 = 5: one unit more each 7.5 s.
      expect(await kind(quarter + 7.5 * second - 1)).toBe('denied');
      expect(await kind(quarter + 7.5 * second)).toBe('charged');
    });

    it('counts a full window in whole at the boundary, and not at all two windows later', async () => {
      const { kind } = setUp(sliding(10));
      expect(await kind(start + minute - 1, { cost: 10 })).toBe('charged');
      expect(await kind(start + minute)).toBe('denied');
      expect(await kind(start + 2 * minute - 1, { cost: 10 })).toBe('denied');
      expect(await kind(start + 2 * minute, { cost: 10 })).toBe('charged');
    });

    it.each([1, 3, 10, 100, 1000])(
      'refuses exactly as the arithmetic does, limit %d',
      async (limit) => {
        const limits = sliding(limit);
        const { take, peek } = setUp(limits, 4);
        const { next, below } = seededRandom(limit);
        let nowMicros = start;
        const kinds: string[] = [];
        const expected: string[] = [];
        for (let i = 0; i < 150; i++) {
          nowMicros += Math.floor(next() * 15 * second);
          const cost = 1 + below(Math.ceil(limit / 4));
          const before = await peek(nowMicros);
          kinds.push((await take(nowMicros, { cost, from: below(4) })).kind);
          expected.push(fitsAll(limits, before, nowMicros, cost) ? 'charged' : 'denied');
        }
        expect(kinds).toEqual(expected);
        expect(new Set(kinds)).toEqual(new Set(['charged', 'denied']));
      },
    );

    it('admits no more than the limit to 32 callers at once from four processes', async () => {
      const { kind } = setUp(sliding(7), 4);
      const callers = (at: number) =>
        Promise.all(Array.from({ length: 32 }, (_, caller) => kind(at, { from: caller % 4 })));
      expect(tally(await callers(start))).toEqual({ charged: 7, denied: 25 });
      // 7 x 30/60 weighs 4.
      expect(tally(await callers(start + 1.5 * minute))).toEqual({ charged: 3, denied: 29 });
    });
  });

  describe('a leaky bucket', () => {
    it('holds its burst, and room comes back as it flows out', async () => {
      const { kind, peek } = setUp(leaky, 2);
      expect(await kind(start, { cost: 2 })).toBe('charged');
      expect(await kind(start, { cost: 2, from: 1 })).toBe('denied');
      expect(await kind(start, { from: 1 })).toBe('charged');
      const [limit] = leaky;
      expect(limit && assess(limit, await peek(), start, 1).retryAfterMicros).toBe(second);
      expect(await kind(start + second - 1)).toBe('denied');
      expect(await kind(start + second)).toBe('charged');
    });
  });

  describe('all algorithms on one subject', () => {
    const ids = (count: number) => Array.from({ length: count }, (_, i) => `request-${i}`);

    it('are charged together', async () => {
      const { take } = setUp(allFive);
      const { kind, state } = await take(start, { cost: 3, requestId: 'a' });
      expect(kind).toBe('charged');
      expect(Object.values(state.numbers).sort()).toEqual([3, 3, 3, start + 0.03 * second].sort());
      expect(Object.values(state.leases)).toEqual([start + 30 * second]);
    });

    it('are charged not at all when any one refuses', async () => {
      const { kind, peek, release } = setUp(allFive, 2);
      const refused = async (nowMicros: number, cost: number, limit: string) => {
        const before = await peek(nowMicros);
        const blocking = allFive.filter((each) => !assess(each, before, nowMicros, cost).fits);
        expect(blocking.map(({ name }) => name)).toContain(limit);
        expect(await kind(nowMicros, { cost, requestId: 'refused', from: 1 })).toBe('denied');
        expect(await peek(nowMicros)).toEqual(before);
      };
      for (const requestId of ids(4)) await kind(start, { requestId });
      await refused(start, 1, 'at-once');
      for (const requestId of ids(4)) await release(start, requestId);
      await refused(start, 17, 'minute');
      await kind(start, { cost: 16, requestId: 'b' });
      await kind(start + 2 * minute, { cost: 20, requestId: 'c' });
      await refused(start + 4 * minute, 1, 'hour');
      await kind(start + 60 * minute, { cost: 10, requestId: 'd' });
      await refused(start + 120 * minute, 1, 'day');
      expect(await kind(start + 1440 * minute, { requestId: 'refused' })).toBe('charged');
    });

    it('answer as one process of its own would, whatever is asked of them', async () => {
      const { take, release, renew, peek } = setUp(allFive, 4);
      const alone = subjectsOf(createMemoryLimitStore)(allFive);
      const { next, below, pick } = seededRandom(5);
      let nowMicros = start;
      const answers: unknown[] = [];
      const expected: unknown[] = [];
      for (let i = 0; i < 300; i++) {
        nowMicros += Math.floor(next() * 20 * second);
        const requestId = pick(ids(8));
        const [from, cost] = [below(4), 1 + below(3)];
        const what = pick(['take', 'take', 'take', 'release', 'renew']);
        if (what === 'take') {
          answers.push((await take(nowMicros, { requestId, cost, from })).kind);
          expected.push((await alone.take(nowMicros, { requestId, cost })).kind);
        } else if (what === 'release') {
          answers.push(await release(nowMicros, requestId, from));
          expected.push(await alone.release(nowMicros, requestId));
        } else {
          answers.push(await renew(nowMicros, requestId, from));
          expected.push(await alone.renew(nowMicros, requestId));
        }
      }
      expect(answers).toEqual(expected);
      expect(new Set(answers)).toEqual(new Set(['charged', 'duplicate', 'denied', true, false]));
      expect(emptyState).not.toEqual(await peek(nowMicros));
    });
  });
};
