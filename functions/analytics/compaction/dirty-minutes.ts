import { minutesTouchedBy } from '../segments/segment.ts';
import { parseSegmentKey } from '../segments/segment-key.ts';
import type { MinuteKey } from '../segments/segment-store.ts';

/** What the compactor reads of a record of the segments' stream. */
export interface SegmentRecord {
  readonly sequence: string;
  /** A segment that expired: its workspace may have fallen silent with hours not yet counted. */
  readonly isExpiry: boolean;
  readonly pk: string;
  readonly sk: string;
}

export interface DirtyMinutes {
  readonly minutes: readonly MinuteKey[];
  readonly silent: ReadonlySet<string>;
  /** The first of the records that asked for a minute or workspace. */
  readonly firstRecordOf: (dirty: Partial<MinuteKey> & Pick<MinuteKey, 'workspace'>) => number;
}

const nameOf = ({ workspace, minute }: Partial<MinuteKey>): string =>
  `${minute ?? ''}#${workspace}`;

/** The minutes that a batch of stream records makes dirty, each once. */
export const dirtyMinutes = (records: readonly SegmentRecord[]): DirtyMinutes => {
  const minutes = new Map<string, MinuteKey>();
  const silent = new Set<string>();
  const firstRecords = new Map<string, number>();
  for (const [index, { pk, sk, isExpiry }] of records.entries()) {
    const segment = parseSegmentKey(pk, sk);
    if (segment === undefined) continue;
    const { workspace } = segment;
    const note = (name: string): void => {
      if (!firstRecords.has(name)) firstRecords.set(name, index);
    };
    if (isExpiry) {
      silent.add(workspace);
      note(nameOf({ workspace }));
      continue;
    }
    for (const minute of minutesTouchedBy(segment)) {
      minutes.set(nameOf({ workspace, minute }), { workspace, minute });
      note(nameOf({ workspace, minute }));
    }
  }
  return {
    minutes: [...minutes.values()],
    silent,
    firstRecordOf: (dirty) => firstRecords.get(nameOf(dirty)) ?? 0,
  };
};
