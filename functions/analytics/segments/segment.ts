import { randomId } from '../../kernel/ids.ts';
import { minuteMs, type RecordedClick, witnessSpreadMs } from './recorded-click.ts';
import { encodeClicks } from './segment-codec.ts';

/** Which edges of its minute a segment has clicks near: first or last two seconds, both, none. */
export type Edges = 'head' | 'both' | 'tail' | 'none';

/** Clicks of one workspace and minute, packed, in one item that is never changed. */
export interface Segment {
  readonly workspace: string;
  /** Epoch minutes; `late` where the minute is too old to be recomputed. */
  readonly minute: number | 'late';
  readonly edges: Edges;
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** An item holds 400 KB; what is larger than this is split in two. */
export const maxSegmentBytes = 300 * 1024;

export const isNearHead = ({ ts }: RecordedClick): boolean => ts % minuteMs < witnessSpreadMs;

export const isNearTail = ({ ts }: RecordedClick): boolean =>
  ts % minuteMs >= minuteMs - witnessSpreadMs;

export const touchesHead = ({ edges }: Pick<Segment, 'edges'>): boolean =>
  edges === 'head' || edges === 'both';

export const touchesTail = ({ edges }: Pick<Segment, 'edges'>): boolean =>
  edges === 'tail' || edges === 'both';

const edgesOf = (clicks: readonly RecordedClick[]): Edges => {
  const head = clicks.some(isNearHead);
  const tail = clicks.some(isNearTail);
  return head && tail ? 'both' : head ? 'head' : tail ? 'tail' : 'none';
};

/** A segment with the clicks, which must be of one workspace and, unless late, of one minute. */
export interface FilledSegment<T extends RecordedClick> {
  readonly segment: Segment;
  readonly clicks: readonly T[];
}

/** Packs the clicks of one workspace and minute into as few segments as may be. */
export const packSegments = <T extends RecordedClick>(
  unit: Pick<Segment, 'workspace' | 'minute'>,
  clicks: readonly T[],
  newId: () => string = randomId,
): FilledSegment<T>[] => {
  const bytes = encodeClicks(clicks);
  if (bytes.length > maxSegmentBytes && clicks.length > 1) {
    const middle = clicks.length >> 1;
    return [clicks.slice(0, middle), clicks.slice(middle)].flatMap((half) =>
      packSegments(unit, half, newId),
    );
  }
  const { workspace, minute } = unit;
  return [{ segment: { workspace, minute, edges: edgesOf(clicks), id: newId(), bytes }, clicks }];
};

/** The minutes whose counts a segment changes: its own, and a neighbour whose edge it comes near. */
export const minutesTouchedBy = ({ minute, edges }: Pick<Segment, 'minute' | 'edges'>): number[] =>
  minute === 'late'
    ? []
    : [
        minute,
        ...(touchesHead({ edges }) ? [minute - 1] : []),
        ...(touchesTail({ edges }) ? [minute + 1] : []),
      ];
