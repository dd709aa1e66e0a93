import type { IfMatch } from '../../http/if-match.ts';
import { trashLink } from '../link.ts';
import type { LinkSettings } from '../settings.ts';
import type { LinkTarget } from './find-link.ts';
import { type RewriteResult, type Rewriting, rewriteLink } from './rewrite-link.ts';

/** Leaves a tombstone, so that for `reservedDays` nobody takes over a code that is in print. */
export const deleteLink = async (
  ports: Rewriting & { readonly settings: Pick<LinkSettings, 'reservedDays'> },
  target: LinkTarget,
  precondition?: IfMatch,
): Promise<RewriteResult> =>
  rewriteLink(
    ports,
    target,
    (link) => trashLink(link, ports.clock.now(), ports.settings.reservedDays),
    precondition,
  );
