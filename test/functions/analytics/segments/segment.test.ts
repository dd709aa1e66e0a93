import { describe, expect, it } from 'vitest';
import { recordClick } from '../../../../functions/analytics/segments/recorded-click.ts';
import {
  maxSegmentBytes,
  minutesTouchedBy,
  packSegments,
} from '../../../../functions/analytics/segments/segment.ts';
import { decodeClicks } from '../../../../functions/analytics/segments/segment-codec.ts';
import {
  parseSegmentKey,
  partitionOf,
  sortKeyOf,
} from '../../../../functions/analytics/segments/segment-key.ts';
import { exampleClick } from '../example-clicks.ts';

const minute = 29_000_000;
const at = (second: number) =>
  recordClick(exampleClick({ ts: minute * 60_000 + second * 1000 }), 9e15);
const unit = { workspace: 'acme', minute };

describe('packSegments', () => {
  it.each([
    ['none', [2, 30, 57.9]],
    ['head', [1.9, 30]],
    ['tail', [30, 58]],
    ['both', [0, 59]],
  ] as const)('says that clicks near the edge are %s', (edges, seconds) => {
    const [packed] = packSegments(unit, seconds.map(at));
    expect(packed?.segment.edges).toBe(edges);
  });

  it('splits what an item cannot hold, and loses none', () => {
    const clicks = Array.from({ length: 1000 }, () => ({
      ...at(1),
      link: Array.from({ length: 900 }, () => Math.random().toString(36)[5]).join(''),
    }));
    const packed = packSegments(unit, clicks);
    expect(packed.length).toBeGreaterThan(1);
    for (const { segment } of packed) {
      expect(segment.bytes.length).toBeLessThanOrEqual(maxSegmentBytes);
    }
    const links = packed
      .flatMap(({ segment }) => decodeClicks(segment.bytes))
      .map(({ link }) => link);
    expect(links.sort()).toEqual(clicks.map(({ link }) => link).sort());
    expect(new Set(packed.map(({ segment }) => segment.id)).size).toBe(packed.length);
  });
});

describe('minutesTouchedBy', () => {
  it('names the neighbours whose edge it comes near', () => {
    expect(minutesTouchedBy({ minute, edges: 'none' })).toEqual([minute]);
    expect(minutesTouchedBy({ minute, edges: 'head' })).toEqual([minute, minute - 1]);
    expect(minutesTouchedBy({ minute, edges: 'tail' })).toEqual([minute, minute + 1]);
    expect(minutesTouchedBy({ minute, edges: 'both' })).toHaveLength(3);
    expect(minutesTouchedBy({ minute: 'late', edges: 'both' })).toEqual([]);
  });
});

describe('parseSegmentKey', () => {
  it.each([minute, 'late'] as const)('reads what a segment is stored under: %s', (of) => {
    const segment = { workspace: 'a#c me', minute: of, edges: 'both', id: 'x' } as const;
    expect(parseSegmentKey(partitionOf(segment), sortKeyOf(segment))).toEqual({
      workspace: 'a#c me',
      minute: of,
      edges: 'both',
    });
  });

  it('knows no other keys', () => {
    expect(parseSegmentKey('HEALTH', 'HEALTH')).toBeUndefined();
    expect(parseSegmentKey('1#acme', 'x')).toBeUndefined();
  });
});
