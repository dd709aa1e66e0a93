import type { Link } from '../link.ts';
import { keyText, type LinkKey } from '../link-key.ts';
import type { Claim, CreateOutcome, LinkStore } from './link-store.ts';

interface Entry {
  readonly link?: Link;
  readonly claim?: Claim;
  readonly until?: number;
}

/** Links in this process's memory, for tests. */
export const memoryLinkStore = (): LinkStore => {
  const entries = new Map<string, Entry>();

  const take = (key: LinkKey, entry: Entry, now: number): CreateOutcome => {
    const { link, claim, until } = entries.get(keyText(key)) ?? {};
    const isFree = !entries.has(keyText(key)) || (until !== undefined && until <= now);
    if (!isFree) return { kind: 'taken', ...(link && { link }), ...(claim && { claim }) };
    entries.set(keyText(key), entry);
    return { kind: 'created' };
  };

  const entryOf = (link: Link, claim: Claim | undefined): Entry => ({
    link,
    ...(claim && { claim }),
    ...(link.reservedUntil !== undefined && { until: link.reservedUntil }),
  });

  return {
    get: async (key) => entries.get(keyText(key))?.link,
    getForUpdate: async (key) => entries.get(keyText(key))?.link,
    create: async (link, claim) => take(link, entryOf(link, claim), link.createdAt),
    reserve: async (key, claim, now, until) => take(key, { claim, until }, now),
    update: async (next, seen) => {
      const stored = entries.get(keyText(next));
      const isSeen =
        stored?.link?.version === seen.version && stored.link.createdAt === seen.createdAt;
      if (!isSeen) return 'stale';
      entries.set(keyText(next), entryOf(next, stored.claim));
      return 'stored';
    },
  };
};
