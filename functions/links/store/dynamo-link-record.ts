import { type Link, linkSchema } from '../link.ts';
import { keyText, type LinkKey, parseKey } from '../link-key.ts';
import type { Claim } from './link-store.ts';

export type LinkItem = Readonly<Record<string, unknown>>;

/** The attributes that a change may set or remove. */
export const changeable = [
  'url',
  'status',
  'state',
  'startsAt',
  'expiresAt',
  'tags',
  'title',
  'version',
  'ttl',
] as const;

const toSeconds = (ms: number | undefined) => (ms === undefined ? undefined : Math.ceil(ms / 1000));

/** The item of a link: its members by their names, with `ttl` in seconds for DynamoDB. */
export const toItem = ({ domain, code, reservedUntil, ...link }: Link): LinkItem => ({
  pk: keyText({ domain, code }),
  schema: linkSchema,
  ...link,
  ttl: toSeconds(reservedUntil),
});

/** An item that keeps a code for its claim; it is no link. */
export const toReservation = (key: LinkKey, claim: Claim, until: number): LinkItem => ({
  pk: keyText(key),
  schema: linkSchema,
  claim,
  ttl: toSeconds(until),
});

/** The link in an item; undefined where the item holds something else, such as a reservation. */
export const toLink = (item: LinkItem | undefined): Link | undefined => {
  const key = typeof item?.pk === 'string' ? parseKey(item.pk) : undefined;
  if (item === undefined || key === undefined || typeof item.url !== 'string') return undefined;
  const { pk: _pk, schema: _schema, ttl, claim: _claim, writeId: _writeId, ...link } = item;
  return {
    ...link,
    ...key,
    ...(typeof ttl === 'number' && { reservedUntil: ttl * 1000 }),
  } as Link;
};

export const toClaim = (item: LinkItem | undefined): Claim | undefined =>
  item?.claim as Claim | undefined;
