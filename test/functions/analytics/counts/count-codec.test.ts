import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCounts, encodeCounts } from '../../../../functions/analytics/counts/count-codec.ts';
import {
  type Counts,
  joinKey,
  tupleDimensions,
} from '../../../../functions/analytics/counts/tally.ts';
import { plainCounts } from '../pipeline.ts';

const start = 29_000_000;
const value = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\u001f', ''));
const tally = (width: number) =>
  fc
    .array(
      fc.tuple(
        fc.integer({ min: start, max: start + 1439 }),
        fc.array(value, { minLength: width, maxLength: width }),
        fc.integer({ min: 1, max: 2 ** 40 }),
      ),
      { maxLength: 20 },
    )
    .map((rows) => new Map(rows.map(([slot, values, count]) => [joinKey(slot, values), count])));
const counts: fc.Arbitrary<Counts> = fc
  .array(fc.tuple(value, tally(tupleDimensions.length), tally(3)), { maxLength: 8 })
  .map((rows) => new Map(rows.map(([link, tuples, details]) => [link, { tuples, details }])));

describe('decodeCounts', () => {
  it('gives back what encodeCounts was given', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const decoded = decodeCounts(encodeCounts(given, start), start);
        expect(plainCounts(decoded)).toEqual(plainCounts(given));
      }),
    );
  });

  it('gives one link alone where only that is asked for', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const [link] = given.keys();
        const decoded = decodeCounts(encodeCounts(given, start), start, (each) => each === link);
        expect([...decoded.keys()]).toEqual(link === undefined ? [] : [link]);
        expect(decoded.get(link ?? '')?.tuples).toEqual(given.get(link ?? '')?.tuples);
      }),
    );
  });

  it('refuses another schema', () => {
    const bytes = encodeCounts(new Map(), start);
    expect(() => decodeCounts(Buffer.from([2, ...bytes.subarray(1)]), start)).toThrow('schema 2');
  });
});

describe('encodeCounts', () => {
  it('gives the same bytes in whatever order it was counted', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const turned: Counts = new Map(
          [...given]
            .reverse()
            .map(([link, { tuples, details }]) => [
              link,
              { tuples: new Map([...tuples].reverse()), details: new Map([...details].reverse()) },
            ]),
        );
        expect(encodeCounts(turned, start).equals(encodeCounts(given, start))).toBe(true);
      }),
    );
  });
});
