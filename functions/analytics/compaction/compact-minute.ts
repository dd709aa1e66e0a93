import { tallyClicks } from '../counts/tally.ts';
import { type CountWriter, writeCounts } from '../counts/write-unit.ts';
import { minuteOf, type RecordedClick, withoutRepeats } from '../segments/recorded-click.ts';
import { isNearHead, isNearTail, touchesHead, touchesTail } from '../segments/segment.ts';
import { decodeClicks } from '../segments/segment-codec.ts';
import type { ClickSegmentStore, MinuteKey, StoredSegment } from '../segments/segment-store.ts';

export interface MinuteStores extends CountWriter {
  readonly segments: ClickSegmentStore;
}

const clicksOf = (segments: readonly StoredSegment[]): RecordedClick[] =>
  segments.flatMap(({ bytes }) => decodeClicks(bytes));

/**
 * Counts a minute anew from its segments. A click near an edge may have a copy in the neighbouring
 * minute, so those are read too; the better witness decides in which minute it counts. Nothing is
 * written, and false is the answer, where the minute has no segments: nobody clicked, or they expired.
 */
export const compactMinute = async (stores: MinuteStores, key: MinuteKey): Promise<boolean> => {
  const { segments } = stores;
  const { workspace, minute } = key;
  const own = await segments.read(key);
  if (own.length === 0) return false;
  const before = own.some(touchesHead)
    ? await segments.readEdge({ workspace, minute: minute - 1 }, 'tail')
    : [];
  const after = own.some(touchesTail)
    ? await segments.readEdge({ workspace, minute: minute + 1 }, 'head')
    : [];
  const clicks = [
    ...clicksOf(own),
    ...clicksOf(before).filter(isNearTail),
    ...clicksOf(after).filter(isNearHead),
  ];
  const distinct = [...withoutRepeats(clicks)].filter(({ ts }) => minuteOf(ts) === minute);
  await writeCounts(
    stores,
    {
      unit: { workspace, level: 'minute', start: minute },
      segments: own.length + before.length + after.length,
    },
    tallyClicks(distinct),
  );
  return true;
};
