import { createCompactor } from '../../../../functions/analytics/compaction/compactor.ts';
import type { SegmentRecord } from '../../../../functions/analytics/compaction/dirty-minutes.ts';
import {
  type ClickMessage,
  consumeClicks,
} from '../../../../functions/analytics/consume-clicks.ts';
import type { CountStore } from '../../../../functions/analytics/counts/count-store.ts';
import { memoryCountStore } from '../../../../functions/analytics/counts/memory-count-store.ts';
import { memoryLedgerStore } from '../../../../functions/analytics/counts/memory-ledger-store.ts';
import { memorySegmentStore } from '../../../../functions/analytics/segments/memory-segment-store.ts';
import {
  minuteOf,
  type RecordedClick,
} from '../../../../functions/analytics/segments/recorded-click.ts';
import { packSegments, type Segment } from '../../../../functions/analytics/segments/segment.ts';
import { partitionOf, sortKeyOf } from '../../../../functions/analytics/segments/segment-key.ts';
import type { ClickSegmentStore } from '../../../../functions/analytics/segments/segment-store.ts';
import type { ManualClock } from '../../../support/manual-clock.ts';
import { type Gate, gated } from './scheduler.ts';

/** What is done wrong on purpose, to see that the model notices. */
export type Mistake = 'mark-outside-commit' | 'no-segment-guard';

export const shards = [0, 1] as const;

/** Memory adapters, a stream of two shards, and the processes that work on them. */
export const createWorld = (clock: ManualClock, mistake?: Mistake) => {
  let tokens = 0;
  const newToken = (): string => `t${tokens++}`;
  const streams: SegmentRecord[][] = shards.map(() => []);
  const emit = (segment: Segment): void => {
    const [pk, sk] = [partitionOf(segment), sortKeyOf(segment)];
    const shard = Number(segment.minute) % shards.length;
    streams[shard]?.push({ sequence: `${streams[shard].length}`, isExpiry: false, pk, sk });
  };
  const segments = memorySegmentStore(mistake === 'mark-outside-commit' ? undefined : emit);
  const counts = memoryCountStore();
  const ledgers = memoryLedgerStore();

  const appending = (gate: Gate): ClickSegmentStore => {
    const inner = gated(segments, gate);
    if (mistake !== 'mark-outside-commit') return inner;
    return {
      ...inner,
      append: async (segment) => {
        emit(segment);
        await inner.append(segment);
      },
    };
  };
  let writes = 0;
  const countsFor = (gate: Gate): CountStore => {
    const inner = gated(counts, gate);
    if (mistake !== 'no-segment-guard') return inner;
    return {
      readPeriod: inner.readPeriod,
      readSlice: inner.readSlice,
      put: async (chunk) => {
        await gate();
        return counts.put({ ...chunk, segments: ++writes });
      },
    };
  };
  return {
    streams,
    counts,
    ledgers,
    newCompactor: (gate: Gate) =>
      createCompactor({
        segments: gated(segments, gate),
        counts: countsFor(gate),
        ledgers: gated(ledgers, gate),
        clock,
        newToken,
      }),
    consume: async (gate: Gate, messages: readonly ClickMessage[]): Promise<void> => {
      const { failed } = await consumeClicks({ segments: appending(gate), clock }, messages);
      if (failed.length > 0) throw new Error('not all stored');
    },
    /** What the access log's consumer will do: the same segments, another witness. */
    appendLog: async (gate: Gate, click: RecordedClick): Promise<void> => {
      const unit = { workspace: 'acme', minute: minuteOf(click.ts) };
      for (const { segment } of packSegments(unit, [click])) await appending(gate).append(segment);
    },
  };
};
