import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attributeNames,
  type RecordedClick,
  recordClick,
  witnesses,
} from '../../../../functions/analytics/segments/recorded-click.ts';
import {
  decodeClicks,
  encodeClicks,
} from '../../../../functions/analytics/segments/segment-codec.ts';
import { seededRandom } from '../../../support/random.ts';
import { randomClick } from '../example-clicks.ts';

const click: fc.Arbitrary<RecordedClick> = fc.record({
  eid: fc
    .uint8Array({ minLength: 8, maxLength: 8 })
    .map((id) => Buffer.from(id).toString('base64url')),
  ts: fc.integer({ min: 0, max: 8.64e15 }),
  link: fc.string({ minLength: 1, unit: 'grapheme' }),
  seenBy: fc.constantFrom(...witnesses),
  attributes: fc.array(fc.string({ unit: 'grapheme' }), {
    minLength: attributeNames.length,
    maxLength: attributeNames.length,
  }),
});

describe('decodeClicks', () => {
  it('gives back what encodeClicks was given, in order of time', () => {
    fc.assert(
      fc.property(fc.array(click, { maxLength: 50 }), (clicks) => {
        const sorted = clicks.toSorted((left, right) => left.ts - right.ts);
        expect(decodeClicks(encodeClicks(clicks))).toEqual(sorted);
      }),
    );
  });

  it('refuses another schema and bytes that were cut off', () => {
    const bytes = encodeClicks([recordClick(randomClick(seededRandom(1)), Date.now())]);
    expect(bytes[0]).toBe(1);
    expect(() => decodeClicks(Buffer.from([9, ...bytes.subarray(1)]))).toThrow('schema 9, not 1');
    expect(() => decodeClicks(bytes.subarray(0, -3))).toThrow();
  });
});

describe('encodeClicks', () => {
  it.each([1, 100, 5000])('takes at most 26 bytes a click, over %d links', (links) => {
    const random = seededRandom(links);
    const start = Date.UTC(2026, 0, 1);
    const clicks = Array.from({ length: 1000 }, () => {
      const link = `k${random.below(links).toString(36).padStart(6, '0')}`;
      return recordClick(
        randomClick(random, { link, ts: start + random.below(5000) }),
        start + 9000,
      );
    });
    expect(encodeClicks(clicks).length / clicks.length).toBeLessThan(26);
  });
});
