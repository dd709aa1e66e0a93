import { settleEach } from '../concurrency.ts';
import type { Compactor } from './compactor.ts';
import { dirtyMinutes, type SegmentRecord } from './dirty-minutes.ts';

export interface Compaction {
  /** The record to resume the stream at; none where all went well. */
  readonly resumeAt?: SegmentRecord | undefined;
  readonly faults: readonly unknown[];
}

/** Brings the counts up to a batch of the segments' stream; order and repetition do not matter. */
export const compactRecords = async (
  compactor: Compactor,
  records: readonly SegmentRecord[],
): Promise<Compaction> => {
  const dirty = dirtyMinutes(records);
  const failures = await compactor.compact(dirty.minutes);
  const workspaces = [...dirty.silent];
  const settled = await settleEach(workspaces, 8, (workspace) => compactor.settle(workspace));
  const failed = [
    ...failures.map(({ key, fault }) => ({ index: dirty.firstRecordOf(key), fault })),
    ...settled.flatMap((result, at) =>
      result.status === 'rejected'
        ? [
            {
              index: dirty.firstRecordOf({ workspace: workspaces[at] ?? '' }),
              fault: result.reason as unknown,
            },
          ]
        : [],
    ),
  ];
  return {
    resumeAt: records[Math.min(...failed.map(({ index }) => index))],
    faults: failed.map(({ fault }) => fault),
  };
};
