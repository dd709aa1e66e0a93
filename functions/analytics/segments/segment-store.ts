import type { Segment } from './segment.ts';

export interface MinuteKey {
  readonly workspace: string;
  /** Epoch minutes. */
  readonly minute: number;
}

export type StoredSegment = Pick<Segment, 'edges' | 'bytes'>;

/** Segments are appended and read, never changed; each disappears 16 days after its minute. */
export interface ClickSegmentStore {
  /** One write, without a read and without a condition. */
  append(segment: Segment): Promise<void>;
  /** Every segment of the minute that was appended before the call. */
  read(key: MinuteKey): Promise<StoredSegment[]>;
  /** Only those with clicks near one edge of the minute. */
  readEdge(key: MinuteKey, edge: 'head' | 'tail'): Promise<StoredSegment[]>;
}
