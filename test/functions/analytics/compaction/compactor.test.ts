import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { compactRecords } from '../../../../functions/analytics/compaction/compact-records.ts';
import { createPipeline, plainCounts } from '../pipeline.ts';
import { day, expectedOf, hour, links, minutes, randomClicks, range, start } from './clicks.ts';

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
