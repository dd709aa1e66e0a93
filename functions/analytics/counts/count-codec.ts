import {
  type ByteReader,
  type ByteWriter,
  byteWriter,
  entryAt,
  readTexts,
  seal,
  textTable,
  unseal,
} from '../bytes.ts';
import {
  type Counts,
  countsOf,
  joinKey,
  limitDetails,
  splitKey,
  type Tally,
  tupleDimensions,
} from './tally.ts';

const schema = 1;
const tupleWidth = tupleDimensions.length;
const detailWidth = 3;

const sortedEntries = (tally: Tally) =>
  [...tally]
    .map(([key, count]) => ({ ...splitKey(key), key, count }))
    .sort((left, right) => left.slot - right.slot || (left.key < right.key ? -1 : 1));

const separator = '\u001f';

/**
 * Writes one kind of tally of all links: distinct combinations of values once, column by column, then
 * each entry as its slot's distance to the one before, its combination and its count.
 */
const writeTallies = (
  writer: ByteWriter,
  tallies: readonly Tally[],
  { start, width, texts }: { start: number; width: number; texts: ReturnType<typeof textTable> },
): void => {
  const entries = tallies.map(sortedEntries);
  const combinations = textTable();
  const rows: string[][] = [];
  const indexOf = (values: string[]): number => {
    const index = combinations.indexOf(values.join(separator));
    if (index === rows.length) rows.push(values);
    return index;
  };
  const flat = entries.flatMap((list) => list.map((entry) => indexOf(entry.values)));
  writer.varint(rows.length);
  for (let column = 0; column < width; column++) {
    for (const row of rows) writer.varint(texts.indexOf(row[column] ?? ''));
  }
  for (const list of entries) writer.varint(list.length);
  for (const list of entries) {
    let before = start;
    for (const { slot } of list) {
      writer.varint(slot - before);
      before = slot;
    }
  }
  for (const index of flat) writer.varint(index);
  for (const list of entries) for (const { count } of list) writer.varint(count);
};

/** Packs counts whose slots are `start`, in epoch minutes, or later. */
export const encodeCounts = (counts: Counts, start: number): Buffer => {
  const links = [...counts].sort(([left], [right]) => (left < right ? -1 : 1));
  const texts = textTable();
  const columns = byteWriter();
  const tuples = links.map(([, each]) => each.tuples);
  const details = links.map(([, each]) => limitDetails(each.details));
  writeTallies(columns, tuples, { start, width: tupleWidth, texts });
  writeTallies(columns, details, { start, width: detailWidth, texts });
  const body = byteWriter();
  body.varint(links.length);
  for (const [link] of links) body.text(link);
  texts.write(body);
  body.blob(columns.bytes());
  return seal(schema, body.bytes());
};

interface Shape {
  readonly start: number;
  readonly width: number;
  readonly texts: readonly string[];
  /** The tally of each link; undefined where nobody asks for it. */
  readonly tallies: readonly (Tally | undefined)[];
}

/** Fills the tallies that are asked for and passes over the others: most readers want one link. */
const readTallies = (reader: ByteReader, { start, width, texts, tallies }: Shape): void => {
  const combinations = reader.varint();
  const columns = Array.from({ length: width }, () => reader.varints(combinations));
  const lengths = reader.varints(tallies.length);
  const readWanted = (): number[][] =>
    tallies.map((tally, link) => {
      const length = lengths[link] ?? 0;
      if (tally !== undefined) return reader.varints(length);
      reader.skip(length);
      return [];
    });
  const [distances, indices, counts] = [readWanted(), readWanted(), readWanted()];
  for (const [link, tally] of tallies.entries()) {
    if (tally === undefined) continue;
    let slot = start;
    for (const [entry, distance] of (distances[link] ?? []).entries()) {
      slot += distance;
      const row = indices[link]?.[entry] ?? -1;
      const values = columns.map((column) => entryAt(texts, column[row] ?? -1));
      tally.set(joinKey(slot, values), counts[link]?.[entry] ?? 0);
    }
  }
};

/** The counts of the links that `wants` asks for. @throws Error where the bytes are not ours */
export const decodeCounts = (
  bytes: Uint8Array,
  start: number,
  wants: (link: string) => boolean = () => true,
): Counts => {
  const body = unseal(schema, bytes);
  const links = readTexts(body);
  const texts = readTexts(body);
  const counts: Counts = new Map();
  const known = links.map((link) => (wants(link) ? countsOf(counts, link) : undefined));
  const shape = { start, texts };
  const tuples = known.map((each) => each?.tuples);
  readTallies(body, { ...shape, width: tupleWidth, tallies: tuples });
  const details = known.map((each) => each?.details);
  readTallies(body, { ...shape, width: detailWidth, tallies: details });
  return counts;
};
