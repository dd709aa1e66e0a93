import { byteWriter, entryAt, readTexts, seal, textTable, unseal } from '../bytes.ts';
import { attributeNames, type RecordedClick, witnesses } from './recorded-click.ts';

const schema = 1;
const eidBytes = 8;

/**
 * Packs clicks by column: ids, times since the one before, witness, link and attributes as numbers of
 * a table of texts. About 20 bytes a click in a full batch, 8 of which are the id.
 */
export const encodeClicks = (clicks: readonly RecordedClick[]): Buffer => {
  const sorted = clicks.toSorted((left, right) => left.ts - right.ts);
  const texts = textTable();
  const columns = byteWriter();
  let before = 0;
  for (const { eid } of sorted) columns.blob(Buffer.from(eid, 'base64url'));
  for (const { ts } of sorted) {
    columns.varint(ts - before);
    before = ts;
  }
  for (const { seenBy } of sorted) columns.varint(witnesses.indexOf(seenBy));
  for (const { link } of sorted) columns.varint(texts.indexOf(link));
  for (const column of attributeNames.keys()) {
    for (const { attributes } of sorted) columns.varint(texts.indexOf(attributes[column] ?? ''));
  }
  const body = byteWriter();
  body.varint(sorted.length);
  texts.write(body);
  body.blob(columns.bytes());
  return seal(schema, body.bytes());
};

/** @throws Error where the bytes are none of {@link encodeClicks} */
export const decodeClicks = (bytes: Uint8Array): RecordedClick[] => {
  const body = unseal(schema, bytes);
  const length = body.varint();
  const texts = readTexts(body);
  const column = <T>(read: () => T): T[] => Array.from({ length }, read);
  const eids = column(() => body.blob(eidBytes).toString('base64url'));
  let ts = 0;
  const times = column(() => {
    ts += body.varint();
    return ts;
  });
  const seenBy = column(() => entryAt(witnesses, body.varint()));
  const links = column(() => entryAt(texts, body.varint()));
  const attributes = attributeNames.map(() => column(() => entryAt(texts, body.varint())));
  return eids.map((eid, row) => ({
    eid,
    ts: entryAt(times, row),
    link: entryAt(links, row),
    seenBy: entryAt(seenBy, row),
    attributes: attributes.map((values) => entryAt(values, row)),
  }));
};
