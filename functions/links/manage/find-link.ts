import type { Clock } from '../../kernel/clock.ts';
import { isManageable, type Link } from '../link.ts';
import { type LinkKey, parseLinkId } from '../link-key.ts';

/** Names a link to whoever asks for it. */
export interface LinkTarget {
  readonly workspace: string;
  readonly id: string;
}

/**
 * The workspace's link by its id, as `read` gives it. Another workspace's link, a deleted one and an
 * id that is none are all undefined: nobody learns what exists elsewhere.
 */
export const findLink = async (
  { read, clock }: { readonly read: (key: LinkKey) => Promise<Link | undefined>; clock: Clock },
  { workspace, id }: LinkTarget,
): Promise<Link | undefined> => {
  const key = parseLinkId(id);
  const link = key && (await read(key));
  return link?.workspace === workspace && isManageable(link, clock.now()) ? link : undefined;
};
