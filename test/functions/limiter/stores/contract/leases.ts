import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../support/random.ts';
import { limitsOf, type OpenStore, second, start, subjectsOf, tally } from './subject.ts';

const leaseSeconds = 10;
const lease = leaseSeconds * second;
const atOnce = (limit: number) =>
  limitsOf({ algorithm: 'concurrency', name: 'at-once', limit, leaseSeconds });

/** What holds for the leases of a concurrency limit. */
export const leaseContract = (open: OpenStore): void => {
  const setUp = (limit: number, processes?: number) => {
    const subject = subjectsOf(open)(atOnce(limit), processes);
    const kind = (nowMicros: number, requestId: string, from = 0) =>
      subject.kind(nowMicros, { requestId, from });
    const live = async (nowMicros: number) =>
      Object.values((await subject.peek(nowMicros)).leases).filter((end) => end > nowMicros).length;
    return { ...subject, kind, live };
  };

  describe('a concurrency limit', () => {
    it('admits as many at once as it says, in every process', async () => {
      const { kind } = setUp(2, 3);
      expect(await kind(start, 'a', 0)).toBe('charged');
      expect(await kind(start, 'b', 1)).toBe('charged');
      for (const from of [0, 1, 2]) expect(await kind(start, 'c', from)).toBe('denied');
    });

    it('knows a request that holds a lease, even when there is no room', async () => {
      const { kind } = setUp(1, 2);
      expect(await kind(start, 'a')).toBe('charged');
      expect(await kind(start + lease - 1, 'a', 1)).toBe('duplicate');
      expect(await kind(start + lease, 'a', 1)).toBe('charged');
    });

    it('has room again when a lease is released, by whichever process', async () => {
      const { kind, release } = setUp(1, 2);
      await kind(start, 'a');
      expect(await release(start, 'a', 1)).toBe(true);
      expect(await release(start, 'a', 0)).toBe(false);
      expect(await kind(start, 'b')).toBe('charged');
      expect(await kind(start, 'a', 1)).toBe('denied');
      expect(await release(start, 'b')).toBe(true);
      expect(await kind(start, 'a', 1)).toBe('charged');
    });

    it('answers 32 callers whose clocks differ by 10 s, and is never held by more', async () => {
      const random = seededRandom(5);
      const { kind, release, peek } = setUp(3, 4);
      const aheadMicros = [10 * second, 0, -second, 0];
      for (let round = 0; round < 12; round++) {
        const from = start + round * 0.4 * lease;
        const callers = Array.from({ length: 32 }, async (_, caller) => {
          const process = caller % 4;
          const now = from + (aheadMicros[process] ?? 0) + caller;
          const id = `${round}-${caller}`;
          const answer = await kind(now, id, process);
          if (answer === 'charged' && random.next() < 0.7) await release(now, id, process);
          return answer;
        });
        expect(await Promise.all(callers)).not.toContain('duplicate');
        expect(Object.keys((await peek(from)).leases).length).toBeLessThanOrEqual(3);
      }
    });

    it('releases and renews only what is held', async () => {
      const { kind, release, renew } = setUp(2);
      expect(await release(start, 'never')).toBe(false);
      expect(await renew(start, 'never')).toBe(false);
      await kind(start, 'a');
      await kind(start, 'b');
      expect(await release(start + lease, 'a')).toBe(false);
      expect(await renew(start + lease, 'b')).toBe(false);
    });

    it('gives a renewed lease its full time again', async () => {
      const { kind, renew } = setUp(1, 2);
      await kind(start, 'a');
      expect(await renew(start + lease - 1, 'a', 1)).toBe(true);
      expect(await kind(start + 2 * lease - 2, 'b')).toBe('denied');
      expect(await kind(start + 2 * lease - 1, 'b')).toBe('charged');
    });

    it('puts a new lease in the place of a dead one', async () => {
      const { kind, live, peek } = setUp(2, 2);
      await kind(start, 'a');
      await kind(start + 5 * second, 'b');
      expect(await kind(start + lease - 1, 'c', 1)).toBe('denied');
      expect(await kind(start + lease, 'c', 1)).toBe('charged');
      expect(Object.keys((await peek(start + lease)).leases)).toHaveLength(2);
      expect(await live(start + lease)).toBe(2);
      expect(await kind(start + lease, 'd')).toBe('denied');
    });

    it('outlives a hundred leases that nobody released', async () => {
      const { kind, peek } = setUp(100, 2);
      for (let i = 0; i < 100; i++) await kind(start, `dead-${i}`);
      expect(await kind(start + lease - 1, 'next', 1)).toBe('denied');
      for (let i = 0; i < 100; i++) {
        expect(await kind(start + lease, `live-${i}`, i % 2)).toBe('charged');
      }
      expect(await kind(start + lease, 'next', 1)).toBe('denied');
      expect(Object.keys((await peek(start + lease)).leases)).toHaveLength(100);
    });

    it('applies a lowered limit to what is held', async () => {
      const { take, release } = setUp(3);
      const under = atOnce(1);
      for (const requestId of ['a', 'b', 'c']) await take(start, { requestId });
      const next = async () => (await take(start, { requestId: 'd', under })).kind;
      for (const requestId of ['a', 'b', 'c']) {
        expect(await next()).toBe('denied');
        await release(start, requestId);
      }
      expect(await next()).toBe('charged');
    });

    it('never has more than 5 live, with 32 callers in four processes of which 30 % never release', async () => {
      const { kind, release, live } = setUp(5, 4);
      const { next, below } = seededRandom(32);
      const counts: number[] = [];
      const kinds: string[] = [];
      for (let round = 0; round < 15; round++) {
        const nowMicros = start + Math.floor(round * 2.5 * second);
        const forgetful = Array.from({ length: 32 }, () => next() < 0.3);
        await Promise.all(
          forgetful.map(async (forgets, caller) => {
            const [id, from] = [`request-${round}-${caller}`, below(4)];
            const answer = await kind(nowMicros, id, from);
            kinds.push(answer);
            counts.push(await live(nowMicros));
            if (answer === 'charged' && !forgets) await release(nowMicros, id, below(4));
          }),
        );
      }
      expect(Math.max(...counts)).toBe(5);
      expect(tally(kinds).charged).toBeGreaterThan(30);
      expect(tally(kinds).denied).toBeGreaterThan(30);
    });
  });
};
