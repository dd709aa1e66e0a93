import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  depthFor,
  maxDepth,
  overlap,
  prefixesAt,
  prefixOf,
} from '../../../../functions/analytics/counts/bucket.ts';

describe('prefixOf', () => {
  it('puts a link into one chunk at each depth, inside that of the depth before', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (link) => {
        for (let depth = 0; depth <= maxDepth; depth++) {
          const prefix = prefixOf(link, depth);
          expect(prefixesAt(depth)).toContain(prefix);
          expect(overlap(prefix, prefixOf(link, maxDepth))).toBe(true);
        }
      }),
    );
  });
});

describe('depthFor', () => {
  it.each([
    [0, 0],
    [100, 0],
    [101, 1],
    [400, 1],
    [401, 2],
    [1e9, maxDepth],
  ])('splits %d bytes in chunks of 100 at depth %d', (bytes, depth) => {
    expect(depthFor(bytes, 100)).toBe(depth);
  });
});
