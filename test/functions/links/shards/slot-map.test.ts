import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotCount, slotOf } from '../../../../functions/links/shards/slot.ts';
import {
  evenSlotMap,
  parseSlotMap,
  tableOfSlot,
} from '../../../../functions/links/shards/slot-map.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `links-${index}`);
const slots = fc.integer({ min: 0, max: slotCount - 1 });

/** Any valid map: the borders between its ranges, and the tables that hold them. */
const maps = fc
  .record({
    borders: fc.uniqueArray(fc.integer({ min: 1, max: slotCount - 1 }), { maxLength: 40 }),
    version: fc.integer({ min: 1, max: 1e6 }),
    holders: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 41, maxLength: 41 }),
  })
  .map(({ borders, version, holders }) => {
    const from = [0, ...borders.sort((a, b) => a - b)];
    return {
      version,
      ranges: from.map((start, index) => ({
        from: start,
        to: (from[index + 1] ?? slotCount) - 1,
        table: `links-${holders[index]}`,
      })),
    };
  });

describe('slotOf', () => {
  it('places keys as Redis Cluster does', () => {
    expect(slotOf('123456789')).toBe(0x31c3);
    expect(slotOf('')).toBe(0);
  });
});

describe('evenSlotMap', () => {
  it('gives every table its equal part', () => {
    expect(evenSlotMap(names(4)).ranges.map(({ to, from }) => to - from + 1)).toEqual([
      4096, 4096, 4096, 4096,
    ]);
  });

  it('is a valid map for any number of tables', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (count) => {
        const { ranges } = evenSlotMap(names(count));
        const sizes = ranges.map(({ from, to }) => to - from + 1);
        expect(parseSlotMap({ version: 1, ranges }, names(count)).ranges).toEqual(ranges);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('needs a table', () => {
    expect(() => evenSlotMap([])).toThrow(RangeError);
  });
});

describe('parseSlotMap', () => {
  it('accepts ranges in any order', () => {
    fc.assert(
      fc.property(maps, (map) => {
        const shuffled = { ...map, ranges: [...map.ranges].reverse() };
        expect(parseSlotMap(shuffled, names(6))).toEqual(map);
      }),
    );
  });

  it('refuses a map with any one range left out, widened or moved', () => {
    fc.assert(
      fc.property(maps, fc.nat(), fc.constantFrom('drop', 'widen', 'double'), (map, at, fault) => {
        const ranges = map.ranges.map((range) => ({ ...range }));
        const index = at % ranges.length;
        const range = ranges[index];
        if (fault === 'drop') ranges.splice(index, 1);
        else if (fault === 'double' && range) ranges.push(range);
        else if (range) range.to += 1;
        expect(() => parseSlotMap({ ...map, ranges }, names(6))).toThrow('slot map');
      }),
    );
  });

  it.each([
    [undefined],
    [{ version: 0, ranges: evenSlotMap(names(2)).ranges }],
    [{ version: 1.5, ranges: evenSlotMap(names(2)).ranges }],
    [{ version: 1, ranges: 'all' }],
    [{ version: 1, ranges: [] }],
    [{ version: 1, ranges: [null] }],
    [{ version: 1, ranges: [{ from: 5, to: 4, table: 'links-0' }] }],
    [{ version: 1, ranges: [{ from: 0, to: 16_383.5, table: 'links-0' }] }],
    [{ version: 1, ranges: [{ from: 0, to: 16_383, table: 'strange' }] }],
  ])('refuses %j', (value) => {
    expect(() => parseSlotMap(value, names(2))).toThrow('slot map');
  });
});

describe('tableOfSlot', () => {
  it('finds what a search through all ranges finds', () => {
    fc.assert(
      fc.property(maps, slots, (map, slot) => {
        const range = map.ranges.find(({ from, to }) => slot >= from && slot <= to);
        expect(tableOfSlot(map, slot)).toBe(range?.table);
      }),
    );
  });

  it.each([-1, slotCount])('knows no slot %d', (slot) => {
    expect(() => tableOfSlot(evenSlotMap(names(3)), slot)).toThrow(RangeError);
  });
});
