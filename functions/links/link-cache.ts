import QuickLRU from 'quick-lru';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { Link } from './link.ts';
import { keyText, type LinkKey } from './link-key.ts';

export type FindLink = (key: LinkKey) => Promise<Link | undefined>;

export interface LinkCacheSettings {
  /** How old an answer may be, counted from the moment it was asked for. */
  readonly cacheSeconds: number;
  /** Up to twice as many are held while the least recent ones make way. */
  readonly cacheEntries: number;
}

interface Entry {
  readonly link: Link | undefined;
  readonly askedAt: number;
  /** While the table is down it is asked again only from here on. */
  readonly retryAt: number;
}

const retryAfterMs = 1000;

/** How old a known link may be while the table does not answer. */
const maxStaleMs = 60_000;

/**
 * Remembers links, and that there is none. Requests for one key share one read.
 * @throws AppError `unavailable` where the table does not answer and no recent link is known
 */
export const cacheLinks = (
  find: FindLink,
  clock: Clock,
  { cacheSeconds, cacheEntries }: LinkCacheSettings,
): FindLink => {
  const entries = new QuickLRU<string, Entry>({ maxSize: cacheEntries });
  const pending = new Map<string, Promise<Link | undefined>>();

  const isStaleUsable = (entry: Entry | undefined, now: number): entry is Entry =>
    entry?.link !== undefined && now - entry.askedAt < maxStaleMs;

  const read = async (text: string, key: LinkKey): Promise<Link | undefined> => {
    const askedAt = clock.now();
    try {
      const link = await find(key);
      entries.set(text, { link, askedAt, retryAt: 0 });
      return link;
    } catch (cause) {
      const known = entries.get(text);
      if (!isStaleUsable(known, clock.now())) {
        throw new AppError('unavailable', 'The link table does not answer.', { cause });
      }
      entries.set(text, { ...known, retryAt: clock.now() + retryAfterMs });
      return known.link;
    }
  };

  return async (key) => {
    const text = keyText(key);
    const now = clock.now();
    const known = entries.get(text);
    if (known !== undefined && now - known.askedAt < cacheSeconds * 1000) return known.link;
    if (isStaleUsable(known, now) && now < known.retryAt) return known.link;
    let running = pending.get(text);
    if (running === undefined) {
      running = read(text, key).finally(() => pending.delete(text));
      pending.set(text, running);
    }
    return running;
  };
};
