import type { Click } from '../../events/click.ts';

/** The attributes that are counted, in the order in which they are packed. */
export const attributeNames = [
  'class',
  'trigger',
  'country',
  'region',
  'city',
  'asn',
  'language',
  'device',
  'browser',
  'os',
  'refHost',
  'source',
  'channel',
] as const;

export type AttributeName = (typeof attributeNames)[number];

/** Who saw the click, best witness first: the origin knows more than CloudFront's access log. */
export const witnesses = ['origin', 'log'] as const;

export type Witness = (typeof witnesses)[number];

/** A click as it lies in a segment; workspace and minute are the segment's. */
export interface RecordedClick {
  readonly eid: string;
  /** Epoch milliseconds, never later than its receipt. */
  readonly ts: number;
  readonly link: string;
  readonly seenBy: Witness;
  /** Values in the order of {@link attributeNames}; empty where unknown. */
  readonly attributes: readonly string[];
}

/** How far apart two witnesses' times of one click may lie. */
export const witnessSpreadMs = 2000;

export const minuteMs = 60_000;

export const minuteOf = (ts: number): number => Math.floor(ts / minuteMs);

// Attributes are joined with a control character when they are tallied.
const withoutControls = (value: string): string => value.replace(/\p{Cc}/gu, ' ');

const attributesOf = (click: Click): string[] => {
  const values: Partial<Record<AttributeName, string | number>> = { trigger: 'link', ...click };
  return attributeNames.map((name) => withoutControls(String(values[name] ?? '')));
};

/** `receivedAt` must be the same at every delivery, or a clamped click would wander between minutes. */
export const recordClick = (click: Click, receivedAt: number): RecordedClick => ({
  eid: Buffer.from(click.eid, 'base64url').toString('base64url'),
  ts: Math.min(click.ts, receivedAt),
  link: click.link,
  seenBy: 'origin',
  attributes: attributesOf(click),
});

const compareTexts = (left: string, right: string): number =>
  left < right ? -1 : left > right ? 1 : 0;

/** Negative where `left` is the better witness. A total order, so that every reader picks the same. */
const compareWitnesses = (left: RecordedClick, right: RecordedClick): number =>
  witnesses.indexOf(left.seenBy) - witnesses.indexOf(right.seenBy) ||
  left.ts - right.ts ||
  compareTexts(left.link, right.link) ||
  compareTexts(left.attributes.join('\n'), right.attributes.join('\n'));

/** One click an eid: its best witness. */
export const withoutRepeats = (clicks: Iterable<RecordedClick>): Iterable<RecordedClick> => {
  const best = new Map<string, RecordedClick>();
  for (const click of clicks) {
    const other = best.get(click.eid);
    if (other === undefined || compareWitnesses(click, other) < 0) best.set(click.eid, click);
  }
  return best.values();
};
