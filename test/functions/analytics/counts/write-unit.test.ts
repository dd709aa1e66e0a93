import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../../../functions/analytics/counts/bucket.ts';
import { unitViews } from '../../../../functions/analytics/counts/chunk.ts';
import { decodeCounts, encodeCounts } from '../../../../functions/analytics/counts/count-codec.ts';
import { memoryCountStore } from '../../../../functions/analytics/counts/memory-count-store.ts';
import { memoryLedgerStore } from '../../../../functions/analytics/counts/memory-ledger-store.ts';
import { mergeCounts, tallyClicks } from '../../../../functions/analytics/counts/tally.ts';
import { periodOf, type Unit } from '../../../../functions/analytics/counts/unit.ts';
import { writeChunks, writeCounts } from '../../../../functions/analytics/counts/write-unit.ts';
import { recordClick } from '../../../../functions/analytics/segments/recorded-click.ts';
import { seededRandom } from '../../../support/random.ts';
import { randomClick } from '../example-clicks.ts';
import { plainCounts } from '../pipeline.ts';

const day: Unit = {
  workspace: 'acme',
  level: 'day',
  start: Date.UTC(2026, 0, 1) / 60_000,
};
const random = seededRandom(3);
const clicks = Array.from({ length: 400 }, () => {
  const ts = (day.start + 15 * random.below(96)) * 60_000;
  return recordClick(randomClick(random, { ts, link: `l${random.below(50)}` }), 9e15);
});
const counts = tallyClicks(clicks);

const setUp = () => ({ counts: memoryCountStore(), ledgers: memoryLedgerStore() });

describe('writeCounts', () => {
  it('leaves what is small in one chunk', async () => {
    const stores = setUp();
    await writeCounts(stores, { unit: day, segments: 1 }, counts);
    const chunks = await stores.counts.readPeriod(periodOf(day));
    expect(chunks.map(({ prefix, slotMinutes }) => [prefix, slotMinutes])).toEqual([['', 15]]);
    expect((await stores.ledgers.read('acme')).depth).toBe(0);
  });

  it('splits what is large by the hash of the link, and tells readers first', async () => {
    const stores = setUp();
    await writeCounts(stores, { unit: day, segments: 1 }, counts, 1000);
    const [view] = unitViews(await stores.counts.readPeriod(periodOf(day)));
    expect(view?.chunks.length).toBe(16);
    expect((await stores.ledgers.read('acme')).depth).toBe(2);
    const all = new Map();
    for (const chunk of view?.chunks ?? []) {
      const part = decodeCounts(chunk.bytes, day.start);
      for (const link of part.keys()) expect(prefixOf(link, 2)).toBe(chunk.prefix);
      mergeCounts(all, part, 1);
    }
    expect(plainCounts(all)).toEqual(plainCounts(counts));
  });
});

describe('writeChunks', () => {
  it('widens the slots of what does not fit into an item, and loses no click', async () => {
    const stores = setUp();
    const { length } = encodeCounts(counts, day.start);
    for (const [maxBytes, width] of [
      [length, 15],
      [length - 1, 60],
      [10, 1440],
    ] as const) {
      await writeChunks(stores, { unit: day, segments: 1, depth: 0 }, () => counts, maxBytes);
      const [chunk] = await stores.counts.readPeriod(periodOf(day));
      expect([maxBytes, chunk?.slotMinutes]).toEqual([maxBytes, width]);
      const decoded = decodeCounts(chunk?.bytes ?? Buffer.alloc(0), day.start);
      const sum = [...decoded.values()].flatMap(({ tuples }) => [...tuples.values()]);
      expect(sum.reduce((total, count) => total + count, 0)).toBe(clicks.length);
    }
  });
});
