import { describe, expect, it } from 'vitest';
import {
  type CountChunk,
  newestByUnit,
  unitViews,
} from '../../../../functions/analytics/counts/chunk.ts';

const chunk = (prefix: string, segments: number, start = 0): CountChunk => ({
  workspace: 'acme',
  level: 'minute',
  start,
  prefix,
  segments,
  slotMinutes: 1,
  bytes: Buffer.alloc(0),
});
const split = (segments: number) => ['0', '1', '2', '3'].map((prefix) => chunk(prefix, segments));

describe('unitViews', () => {
  it('takes the deeper split of a unit that has grown', () => {
    const [view] = unitViews([chunk('', 3), ...split(4)]);
    expect(view).toEqual({ start: 0, segments: 4, chunks: split(4) });
  });

  it('does not take a split of which a part is missing', () => {
    const [view] = unitViews([chunk('', 3), ...split(4).slice(1)]);
    expect(view?.chunks).toEqual([chunk('', 3)]);
    expect(unitViews(split(4).slice(1))).toEqual([]);
  });

  it('is as old as its oldest chunk', () => {
    const [view] = unitViews([...split(4).slice(1), chunk('0', 2)]);
    expect(view?.segments).toBe(2);
  });

  it('gives one view a unit', () => {
    expect(unitViews([chunk('', 3), chunk('', 1, 1)]).map(({ start }) => start)).toEqual([0, 1]);
  });
});

describe('newestByUnit', () => {
  it('takes the chunk of the prefix that saw most', () => {
    const newest = newestByUnit([chunk('', 3), ...split(4), chunk('', 9, 1)], '21');
    expect([...newest]).toEqual([
      [0, chunk('2', 4)],
      [1, chunk('', 9, 1)],
    ]);
  });
});
