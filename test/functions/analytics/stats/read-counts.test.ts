import { describe, expect, it, vi } from 'vitest';
import {
  type Counts,
  mergeCounts,
  tallyClicks,
} from '../../../../functions/analytics/counts/tally.ts';
import { writeChunks, writeCounts } from '../../../../functions/analytics/counts/write-unit.ts';
import { recordClick } from '../../../../functions/analytics/segments/recorded-click.ts';
import { readCounts } from '../../../../functions/analytics/stats/read-counts.ts';
import { seededRandom } from '../../../support/random.ts';
import { randomClick } from '../example-clicks.ts';
import { createPipeline, plainCounts } from '../pipeline.ts';

const day = Date.UTC(2026, 0, 1) / 60_000;
const random = seededRandom(5);
const clicks = Array.from({ length: 200 }, () =>
  recordClick(randomClick(random, { ts: (day + random.below(120)) * 60_000, link: 'l1' }), 9e15),
);

const setUp = () => createPipeline(0);
const widened = (width: number) => {
  const counts: Counts = new Map();
  mergeCounts(counts, tallyClicks(clicks), width);
  return counts;
};
const range = { workspace: 'acme', link: 'l1', from: day, to: day + 1440 };

describe('readCounts', () => {
  it('goes down to hours where a day is kept too coarsely for the question', async () => {
    const pipeline = setUp();
    const unit = { workspace: 'acme', level: 'day', start: day } as const;
    await writeChunks(pipeline, { unit, segments: 9, depth: 0 }, () => widened(15), 10);
    const read = async (resolution: number) => {
      const counts: Counts = new Map();
      for (const each of await readCounts(pipeline, { ...range, resolution })) {
        mergeCounts(counts, new Map([['l1', each]]), 1);
      }
      return plainCounts(counts);
    };
    expect(await read(1440)).toEqual(plainCounts(widened(1440)));
    expect(await read(15)).toEqual(plainCounts(widened(1440)));
    for (const hour of [day, day + 60]) {
      const counts: Counts = new Map();
      mergeCounts(
        counts,
        tallyClicks(clicks.filter(({ ts }) => Math.floor(ts / 3_600_000) * 60 === hour)),
        15,
      );
      const hourUnit = { workspace: 'acme', level: 'hour', start: hour } as const;
      await writeCounts(pipeline, { unit: hourUnit, segments: 1 }, counts);
    }
    expect(await read(1440)).toEqual(plainCounts(widened(1440)));
    expect(await read(15)).toEqual(plainCounts(widened(15)));
  });

  it('finds a link of a workspace that is split deeply, and a unit that was split later', async () => {
    const pipeline = setUp();
    const unit = { workspace: 'acme', level: 'day', start: day } as const;
    await writeCounts(pipeline, { unit, segments: 1 }, new Map());
    const many = tallyClicks([
      ...clicks,
      ...clicks.map((click, index) => ({ ...click, link: `x${index}` })),
    ]);
    await writeCounts(pipeline, { unit, segments: 2 }, many, 100);
    expect((await pipeline.ledgers.read('acme')).depth).toBeGreaterThan(1);
    const [found] = await readCounts(pipeline, { ...range, resolution: 15 });
    expect(found?.tuples.size).toBe(tallyClicks(clicks).get('l1')?.tuples.size);
  });

  it('reads one item a day for a year that is settled', async () => {
    const pipeline = setUp();
    for (let n = 0; n < 365; n++) {
      const unit = { workspace: 'acme', level: 'day', start: day + n * 1440 } as const;
      await writeCounts(pipeline, { unit, segments: 1 }, new Map());
    }
    const readSlice = vi.spyOn(pipeline.counts, 'readSlice');
    await readCounts(pipeline, { ...range, to: day + 365 * 1440, resolution: 60 });
    const items = await Promise.all(readSlice.mock.results.map(({ value }) => value));
    expect(items.flat()).toHaveLength(365);
    expect(readSlice).toHaveBeenCalledTimes(1);
  });
});
