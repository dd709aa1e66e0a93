import { compactRecords } from '../../../functions/analytics/compaction/compact-records.ts';
import {
  type CompactorOptions,
  createCompactor,
} from '../../../functions/analytics/compaction/compactor.ts';
import type { SegmentRecord } from '../../../functions/analytics/compaction/dirty-minutes.ts';
import { type ClickMessage, consumeClicks } from '../../../functions/analytics/consume-clicks.ts';
import { memoryCountStore } from '../../../functions/analytics/counts/memory-count-store.ts';
import { memoryLedgerStore } from '../../../functions/analytics/counts/memory-ledger-store.ts';
import { type Counts, mergeCounts } from '../../../functions/analytics/counts/tally.ts';
import { memorySegmentStore } from '../../../functions/analytics/segments/memory-segment-store.ts';
import { partitionOf, sortKeyOf } from '../../../functions/analytics/segments/segment-key.ts';
import { readCounts } from '../../../functions/analytics/stats/read-counts.ts';
import type { Click } from '../../../functions/events/click.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { toMessage } from './example-clicks.ts';

/** Queue to counts over memory, one step at a time. */
export const createPipeline = (startMs: number) => {
  const clock = manualClock(startMs);
  let tokens = 0;
  const records: SegmentRecord[] = [];
  const segments = memorySegmentStore((segment) => {
    const [pk, sk] = [partitionOf(segment), sortKeyOf(segment)];
    records.push({ sequence: `${records.length}`, isExpiry: false, pk, sk });
  });
  const stores = { segments, counts: memoryCountStore(), ledgers: memoryLedgerStore() };
  const newCompactor = (replaced: Partial<CompactorOptions> = {}) =>
    createCompactor({ ...stores, clock, newToken: () => `t${tokens++}`, ...replaced });
  const compactor = newCompactor();
  let position = 0;
  return {
    ...stores,
    clock,
    compactor,
    newCompactor,
    /** Every record of the stream so far. */
    records,
    consume: (messages: readonly ClickMessage[]) => consumeClicks({ segments, clock }, messages),
    send: (clicks: readonly Click[]) =>
      consumeClicks(
        { segments, clock },
        clicks.map((click) => toMessage(click)),
      ),
    /** Hands the compactor what the stream got since the last time. */
    compact: async (): Promise<void> => {
      const batch = records.slice(position);
      position = records.length;
      const { faults } = await compactRecords(compactor, batch);
      if (faults.length > 0) throw faults[0];
    },
    counted: async (
      links: readonly string[],
      range: { from: number; to: number; resolution: number },
      workspace = 'acme',
    ): Promise<Counts> => {
      const counted: Counts = new Map();
      for (const link of links) {
        for (const each of await readCounts(stores, { workspace, link, ...range })) {
          mergeCounts(counted, new Map([[link, each]]), Math.min(15, range.resolution));
        }
      }
      return counted;
    },
  };
};

/** Counts as plain data that compare whatever their order. */
export const plainCounts = (counts: Counts) =>
  Object.fromEntries(
    [...counts].map(([link, { tuples, details }]) => [
      link,
      { tuples: Object.fromEntries(tuples), details: Object.fromEntries(details) },
    ]),
  );
