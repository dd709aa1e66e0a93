import type { CountChunk } from './chunk.ts';
import type { Period } from './unit.ts';

export interface Slice {
  /** Exactly this prefix. */
  readonly prefix: string;
  /** Starts of units, in epoch minutes, the last one included. */
  readonly from: number;
  readonly to: number;
}

/** Absolute counts, each chunk in one item. */
export interface CountStore {
  /** Stores the chunk unless one that saw more segments is stored; says whether it did. */
  put(chunk: CountChunk): Promise<boolean>;
  /** Every chunk of the period, with all writes that ended before the call. */
  readPeriod(period: Period): Promise<CountChunk[]>;
  /** Some chunks of the period, perhaps as they were a moment ago. */
  readSlice(period: Period, slice: Slice): Promise<CountChunk[]>;
}
