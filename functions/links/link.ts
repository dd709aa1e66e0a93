import type { LinkKey } from './link-key.ts';

export const redirectStatuses = [301, 302, 307, 308] as const;
export type RedirectStatus = (typeof redirectStatuses)[number];

export type LinkState = 'active' | 'disabled' | 'trashed' | 'banned';

/** One short link. All times are milliseconds since the epoch. */
export interface Link extends LinkKey {
  /** Its name in the API; see {@link toLinkId}. */
  readonly id: string;
  readonly url: string;
  readonly status: RedirectStatus;
  readonly state: LinkState;
  readonly workspace: string;
  /** The actor that made it. */
  readonly owner: string;
  readonly createdAt: number;
  readonly startsAt?: number;
  readonly expiresAt?: number;
  readonly tags: readonly string[];
  readonly title?: string;
  /** 1 when made, one more with every change. */
  readonly version: number;
  /** From here on the code may go to somebody else; none while the link has no end. */
  readonly reservedUntil?: number;
}

/** What the record's layout is called in the table, for later ones to tell. */
export const linkSchema = 1;

/** How a link stands at a moment. `forgotten` is as if it had never been. */
export type Standing =
  | 'live'
  | 'not-started'
  | 'expired'
  | 'disabled'
  | 'trashed'
  | 'banned'
  | 'forgotten';

/** DynamoDB's TTL deletes days late, so that times are always judged here. */
export const standingAt = (link: Link, now: number): Standing => {
  if (link.reservedUntil !== undefined && now >= link.reservedUntil) return 'forgotten';
  if (link.state !== 'active') return link.state;
  if (link.expiresAt !== undefined && now >= link.expiresAt) return 'expired';
  if (link.startsAt !== undefined && now < link.startsAt) return 'not-started';
  return 'live';
};

/** Whether its owner still sees it in the API. */
export const isManageable = (link: Link, now: number): boolean =>
  link.state !== 'trashed' && standingAt(link, now) !== 'forgotten';

/** What may be changed; `null` clears. */
export interface LinkPatch {
  readonly url?: string;
  readonly status?: RedirectStatus;
  readonly state?: 'active' | 'disabled';
  readonly expiresAt?: number | null;
  readonly tags?: readonly string[];
  readonly title?: string | null;
}

const dayMs = 86_400_000;

/** Until when the code of a link that ends is kept from others, in whole seconds as TTL counts. */
export const reservedAfter = (endsAt: number, reservedDays: number): number =>
  Math.ceil((endsAt + reservedDays * dayMs) / 1000) * 1000;

const without = <T extends object, K extends keyof T>(value: T, ...names: K[]): Omit<T, K> => {
  const rest = { ...value };
  for (const name of names) delete rest[name];
  return rest;
};

const isSame = (left: unknown, right: unknown): boolean =>
  JSON.stringify(left) === JSON.stringify(right);

/** The link after `patch`, one version on; the same link where the patch changes nothing. */
export const applyPatch = (link: Link, patch: LinkPatch, reservedDays: number): Link => {
  const { expiresAt, title, ...plain } = patch;
  const cleared = without(
    link,
    ...(expiresAt === null ? (['expiresAt', 'reservedUntil'] as const) : []),
    ...(title === null ? (['title'] as const) : []),
  );
  const patched: Link = {
    ...cleared,
    ...plain,
    ...(typeof title === 'string' && { title }),
    ...(typeof expiresAt === 'number' && {
      expiresAt,
      reservedUntil: reservedAfter(expiresAt, reservedDays),
    }),
  };
  const names = ['url', 'status', 'state', 'expiresAt', 'tags', 'title'] as const;
  if (names.every((name) => isSame(patched[name], link[name]))) return link;
  return { ...patched, version: link.version + 1 };
};

/** The tombstone of a link: it answers nothing, and keeps its code from others. */
export const trashLink = (link: Link, now: number, reservedDays: number): Link => ({
  ...link,
  state: 'trashed',
  version: link.version + 1,
  reservedUntil: reservedAfter(now, reservedDays),
});
