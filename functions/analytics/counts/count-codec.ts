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

const readTallies = (
  reader: ByteReader,
  { start, width, texts, links }: { start: number; width: number; texts: string[]; links: number },
  add: (link: number, key: string, count: number) => void,
  wanted: (link: number) => boolean,
): void => {
  const rowCount = reader.varint();
  const rows = Array.from({ length: rowCount }, () => new Array<string>(width).fill(''));
  for (let column = 0; column < width; column++) {
    for (const row of rows) row[column] = entryAt(texts, reader.varint());
  }
  const lengths = Array.from({ length: links }, () => reader.varint());
  const slots = lengths.map((length) => {
    let slot = start;
    return Array.from({ length }, () => {
      slot += reader.varint();
      return slot;
    });
  });
  const indices = lengths.map((length) => Array.from({ length }, () => reader.varint()));
  for (const [link, length] of lengths.entries()) {
    for (let entry = 0; entry < length; entry++) {
      const count = reader.varint();
      if (!wanted(link)) continue;
      const values = entryAt(rows, indices[link]?.[entry] ?? -1);
      add(link, joinKey(slots[link]?.[entry] ?? start, values), count);
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
  const isWanted = (link: number): boolean => known[link] !== undefined;
  const shape = { start, texts, links: links.length };
  readTallies(
    body,
    { ...shape, width: tupleWidth },
    (link, key, count) => known[link]?.tuples.set(key, count),
    isWanted,
  );
  readTallies(
    body,
    { ...shape, width: detailWidth },
    (link, key, count) => known[link]?.details.set(key, count),
    isWanted,
  );
  return counts;
};
