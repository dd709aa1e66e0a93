import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { compactRecords } from '../../../../functions/analytics/compaction/compact-records.ts';
import { consumeClicks } from '../../../../functions/analytics/consume-clicks.ts';
import { mergeCounts, tallyClicks } from '../../../../functions/analytics/counts/tally.ts';
import { recordClick } from '../../../../functions/analytics/segments/recorded-click.ts';
import { seededRandom } from '../../../support/random.ts';
import { randomClick, toMessage } from '../example-clicks.ts';
import { createPipeline, plainCounts } from '../pipeline.ts';

const start = Date.UTC(2026, 0, 1, 22, 58);
const links = ['a', 'b', 'c'];
const hour = 3_600_000;
const day = 24 * hour;
const minutes = (ms: number): number => ms / 60_000;
const range = { from: minutes(start - day), to: minutes(start + 3 * day) };

const randomClicks = (seed: number, count: number, spanMs = 8 * 60_000) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () =>
    randomClick(random, { ts: start + random.below(spanMs), link: random.pick(links) }),
  );
};

const expectedOf = (clicks: ReturnType<typeof randomClicks>, width: number) => {
  const counts = new Map();
  mergeCounts(counts, tallyClicks(clicks.map((click) => recordClick(click, 9e15))), width);
  return plainCounts(counts);
};

describe('createCompactor', () => {
  it('counts the same in any order, with any duplicates and batches', async () => {
    const clicks = randomClicks(1, 40);
    const expected = expectedOf(clicks, 15);
    const deliveries = fc
      .tuple(
        fc.shuffledSubarray(clicks, { minLength: clicks.length }),
        fc.array(fc.constantFrom(...clicks), { maxLength: 30 }),
        fc.integer({ min: 1, max: 20 }),
      )
      .map(([all, repeated, size]) => ({ sent: [...all, ...repeated], size }));
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ sent, size }) => {
        const pipeline = createPipeline(start + hour / 2);
        for (let first = 0; first < sent.length; first += size) {
          await pipeline.send(sent.slice(first, first + size));
          if (first % 3 === 0) await pipeline.compact();
        }
        await pipeline.compact();
        expect(plainCounts(await pipeline.counted(links, { ...range, resolution: 15 }))).toEqual(
          expected,
        );
        pipeline.clock.advance(2 * day);
        await pipeline.compactor.settle('acme');
        for (const resolution of [1, 15]) {
          const counted = await pipeline.counted(links, { ...range, resolution });
          expect(plainCounts(counted)).toEqual(expectedOf(clicks, resolution));
        }
      }),
      { numRuns: 30, seed: 7 },
    );
  });

  it('counts as many clicks as there are distinct ids', async () => {
    const pipeline = createPipeline(start);
    const clicks = randomClicks(2, 300);
    await pipeline.send([...clicks, ...clicks.slice(0, 100)]);
    await pipeline.send(clicks.slice(50, 150));
    await pipeline.compact();
    const counted = await pipeline.counted(links, { ...range, resolution: 15 });
    const sum = [...counted.values()].flatMap(({ tuples }) => [...tuples.values()]);
    expect(sum.reduce((total, count) => total + count, 0)).toBe(
      new Set(clicks.map(({ eid }) => eid)).size,
    );
  });

  it('shows a click as soon as the stream was handled, and after every roll-up', async () => {
    const pipeline = createPipeline(start);
    const clicks = randomClicks(3, 1);
    await pipeline.send(clicks);
    await pipeline.compact();
    const seen = async () =>
      plainCounts(await pipeline.counted(links, { ...range, resolution: 15 }));
    expect(await seen()).toEqual(expectedOf(clicks, 15));
    for (let hours = 0; hours < 30; hours++) {
      pipeline.clock.advance(hour);
      await pipeline.compactor.settle('acme');
      expect(await seen()).toEqual(expectedOf(clicks, 15));
    }
    expect(await pipeline.ledgers.read('acme')).toEqual({
      hours: new Map(),
      days: new Map(),
      depth: 0,
    });
  });

  it('counts an hour and a day anew when a click comes late', async () => {
    const pipeline = createPipeline(start);
    const clicks = randomClicks(4, 20);
    await pipeline.send(clicks.slice(0, 10));
    await pipeline.compact();
    pipeline.clock.advance(3 * day);
    await pipeline.compactor.settle('acme');
    await pipeline.send(clicks.slice(10));
    await pipeline.compact();
    const counted = await pipeline.counted(links, { ...range, resolution: 15 });
    expect(plainCounts(counted)).toEqual(expectedOf(clicks, 15));
    expect((await pipeline.ledgers.read('acme')).days.size).toBe(0);
  });

  it('marks an open hour once, and rolls up once it is over', async () => {
    const pipeline = createPipeline(start);
    const mark = vi.spyOn(pipeline.ledgers, 'mark');
    const put = vi.spyOn(pipeline.counts, 'put');
    for (const click of randomClicks(5, 10, 90_000)) {
      await pipeline.send([click]);
      await pipeline.compact();
    }
    expect(mark).toHaveBeenCalledTimes(1);
    expect(put.mock.calls.every(([{ level }]) => level === 'minute')).toBe(true);
    pipeline.clock.advance(hour);
    await pipeline.send(randomClicks(6, 1).map((click) => ({ ...click, ts: start + hour })));
    await pipeline.compact();
    expect(put.mock.calls.filter(([{ level }]) => level === 'hour')).toHaveLength(1);
  });

  it('leaves an hour owed that was marked while it was counted', async () => {
    const pipeline = createPipeline(start);
    await pipeline.send(randomClicks(7, 1, 1000));
    await pipeline.compact();
    pipeline.clock.advance(2 * hour);
    const { put } = pipeline.counts;
    const over = minutes(start) - (minutes(start) % 60);
    const counts = {
      ...pipeline.counts,
      put: async (chunk: Parameters<typeof put>[0]) => {
        await pipeline.ledgers.mark('acme', [over], 'other');
        return put(chunk);
      },
    };
    await pipeline.newCompactor({ counts }).settle('acme');
    const { hours, days } = await pipeline.ledgers.read('acme');
    expect([...hours]).toEqual([[over, 'other']]);
    expect(days.size).toBe(0);
  });

  it('counts hours of a workspace that fell silent when its segments expire', async () => {
    const pipeline = createPipeline(start);
    const clicks = randomClicks(8, 5);
    await pipeline.send(clicks);
    await pipeline.compact();
    pipeline.clock.advance(17 * day);
    const expiries = pipeline.records.map((record) => ({ ...record, isExpiry: true }));
    const { resumeAt } = await compactRecords(pipeline.newCompactor(), expiries);
    expect(resumeAt).toBeUndefined();
    expect((await pipeline.ledgers.read('acme')).hours.size).toBe(0);
    const counted = await pipeline.counted(links, { ...range, resolution: 15 });
    expect(plainCounts(counted)).toEqual(expectedOf(clicks, 15));
  });
});

describe('consumer and compactor', () => {
  /** The stores with one call, counted over all of them, that never comes back: before or after. */
  const dyingAt = <T extends object>(stores: T, call: number, when: 'before' | 'after'): T => {
    let calls = 0;
    const dying = <S extends object>(store: S): S =>
      new Proxy(store, {
        get: (inner, name) => {
          const member = Reflect.get(inner, name);
          if (typeof member !== 'function') return member;
          return async (...inputs: unknown[]) => {
            const dies = calls++ === call;
            if (dies && when === 'before') throw new Error('killed');
            const result = await member.apply(inner, inputs);
            if (calls > call && when === 'after') throw new Error('killed');
            if (calls > call + 1) throw new Error('killed');
            return result;
          };
        },
      });
    return Object.fromEntries(
      Object.entries(stores).map(([name, store]) => [name, dying(store)]),
    ) as T;
  };

  it('lose and double nothing, whichever call they are killed at', async () => {
    const clicks = randomClicks(9, 12, 3 * 60_000);
    const messages = clicks.map((click) => toMessage(click));
    for (let call = 0; call < 40; call++) {
      for (const when of ['before', 'after'] as const) {
        const pipeline = createPipeline(start + 3 * day);
        const { segments, counts, ledgers, clock } = pipeline;
        const dying = dyingAt({ segments, counts, ledgers }, call, when);
        const { failed } = await consumeClicks({ segments: dying.segments, clock }, messages);
        await pipeline.consume(messages.filter(({ id }) => failed.includes(id)));
        const killed = await compactRecords(pipeline.newCompactor(dying), pipeline.records);
        if (killed.resumeAt) {
          const rest = pipeline.records.indexOf(killed.resumeAt);
          await compactRecords(pipeline.newCompactor(), pipeline.records.slice(rest));
        }
        const counted = await pipeline.counted(links, { ...range, resolution: 15 });
        expect([call, when, plainCounts(counted)]).toEqual([call, when, expectedOf(clicks, 15)]);
      }
    }
  });
});
