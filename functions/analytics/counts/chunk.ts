import { overlap, prefixesAt } from './bucket.ts';
import type { Unit } from './unit.ts';

/** A part of a unit's counts: the links whose hash starts with `prefix`. */
export interface CountChunk extends Unit {
  readonly prefix: string;
  /** How many segments were seen when it was counted: more is newer. */
  readonly segments: number;
  readonly slotMinutes: number;
  readonly bytes: Uint8Array;
}

/** A unit's chunks that together hold each of its links once. */
export interface UnitView {
  readonly start: number;
  /** Of its oldest chunk, where a writer is under way or was killed. */
  readonly segments: number;
  readonly chunks: readonly CountChunk[];
}

const viewOf = (chunks: readonly CountChunk[]): UnitView | undefined => {
  const views = [...Map.groupBy(chunks, ({ prefix }) => prefix.length)]
    .filter(([depth, group]) => group.length === prefixesAt(depth).length)
    .map(([, group]) => ({
      start: group[0]?.start ?? 0,
      segments: Math.min(...group.map(({ segments }) => segments)),
      chunks: group,
    }));
  return views.sort((left, right) => right.segments - left.segments)[0];
};

/**
 * The newest whole view of each unit. A unit that has grown was split deeper, and its older chunks
 * still lie there; each deeper split is whole, empty chunks included.
 */
export const unitViews = (chunks: readonly CountChunk[]): UnitView[] =>
  [...Map.groupBy(chunks, ({ start }) => start).values()]
    .map(viewOf)
    .filter((view) => view !== undefined);

/** The newest chunk of each unit that can hold the links of `prefix`. */
export const newestByUnit = (
  chunks: readonly CountChunk[],
  prefix: string,
): Map<number, CountChunk> => {
  const newest = new Map<number, CountChunk>();
  for (const chunk of chunks) {
    if (!overlap(chunk.prefix, prefix)) continue;
    const other = newest.get(chunk.start);
    if (other === undefined || chunk.segments > other.segments) newest.set(chunk.start, chunk);
  }
  return newest;
};
