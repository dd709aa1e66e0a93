import { forEach } from '../concurrency.ts';
import { depthFor, maxDepth, prefixesAt, prefixOf } from './bucket.ts';
import type { CountChunk } from './chunk.ts';
import { encodeCounts } from './count-codec.ts';
import type { CountStore } from './count-store.ts';
import type { LedgerStore } from './ledger.ts';
import { type Counts, mergeCounts } from './tally.ts';
import { slotWidths, type Unit } from './unit.ts';

/** Small enough to read one link's chunk for 2 RRU, large enough that rounding up costs little. */
export const targetChunkBytes = 16 * 1024;

export const maxChunkBytes = 300 * 1024;

const writesAtOnce = 8;

export interface CountWriter {
  readonly counts: CountStore;
  readonly ledgers: LedgerStore;
}

/** Packs at the finest slots that fit into an item. */
const packChunk = (
  unit: Unit,
  counts: Counts,
  maxBytes: number,
): Pick<CountChunk, 'slotMinutes' | 'bytes'> => {
  const widths = slotWidths[unit.level];
  for (const slotMinutes of widths) {
    const widened: Counts = new Map();
    if (slotMinutes !== widths[0]) mergeCounts(widened, counts, slotMinutes);
    const bytes = encodeCounts(slotMinutes === widths[0] ? counts : widened, unit.start);
    if (bytes.length <= maxBytes || slotMinutes === widths.at(-1)) return { slotMinutes, bytes };
  }
  throw new Error('a level has at least one slot width');
};

/**
 * Writes a unit split to `depth`. `countsIn` gives the counts of one prefix at a time, so that only
 * they are in memory; every prefix is written, empty ones included, or older chunks would be read.
 */
export const writeChunks = async (
  { counts, ledgers }: CountWriter,
  { unit, segments, depth }: { unit: Unit; segments: number; depth: number },
  countsIn: (prefix: string) => Counts,
  maxBytes = maxChunkBytes,
): Promise<void> => {
  if (depth > 0) await ledgers.deepen(unit.workspace, depth);
  await forEach(prefixesAt(depth), writesAtOnce, async (prefix) => {
    const packed = packChunk(unit, countsIn(prefix), maxBytes);
    await counts.put({ ...unit, prefix, segments, ...packed });
  });
};

const splitCounts = (counts: Counts, depth: number): ReadonlyMap<string, Counts> => {
  const parts = new Map<string, Counts>();
  for (const [link, each] of counts) {
    const prefix = prefixOf(link, depth);
    const part = parts.get(prefix) ?? new Map();
    parts.set(prefix, part);
    part.set(link, each);
  }
  return parts;
};

/** Writes a unit whose counts are all in memory, as deep as their packed size asks for. */
export const writeCounts = async (
  writer: CountWriter,
  { unit, segments }: { unit: Unit; segments: number },
  counts: Counts,
  targetBytes = targetChunkBytes,
): Promise<void> => {
  const whole = encodeCounts(counts, unit.start);
  // One link cannot be split.
  const depth = counts.size < 2 ? 0 : Math.min(maxDepth, depthFor(whole.length, targetBytes));
  const parts = splitCounts(counts, depth);
  await writeChunks(writer, { unit, segments, depth }, (prefix) => parts.get(prefix) ?? new Map());
};
