import { depthFor, overlap, prefixOf } from '../counts/bucket.ts';
import { unitViews } from '../counts/chunk.ts';
import { decodeCounts } from '../counts/count-codec.ts';
import { type Counts, mergeCounts } from '../counts/tally.ts';
import { childLevel, slotWidths, type Unit } from '../counts/unit.ts';
import { type CountWriter, targetChunkBytes, writeChunks } from '../counts/write-unit.ts';

export type RollUpUnit = Unit & { readonly level: 'hour' | 'day' };

/**
 * Counts an hour anew from its minutes, or a day from its hours. Packed chunks of the level below are
 * all in memory, unpacked ones only as far as they share a prefix.
 */
export const rollUp = async (writer: CountWriter, unit: RollUpUnit): Promise<void> => {
  const { workspace, start } = unit;
  const level = childLevel[unit.level];
  const views = unitViews(await writer.counts.readPeriod({ workspace, level, start }));
  const segments = views.reduce((sum, view) => sum + view.segments, 0);
  const chunks = views.flatMap((view) => view.chunks);
  const packedBytes = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const [slotMinutes] = slotWidths[unit.level];
  const countsIn = (prefix: string): Counts => {
    const counts: Counts = new Map();
    for (const chunk of chunks) {
      if (!overlap(chunk.prefix, prefix)) continue;
      const wants = (link: string) => prefixOf(link, prefix.length) === prefix;
      mergeCounts(counts, decodeCounts(chunk.bytes, chunk.start, wants), slotMinutes);
    }
    return counts;
  };
  const depth = depthFor(packedBytes, targetChunkBytes);
  await writeChunks(writer, { unit, segments, depth }, countsIn);
};
