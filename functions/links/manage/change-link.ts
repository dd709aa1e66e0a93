import type { IfMatch } from '../../http/if-match.ts';
import { checkDestination, type Destination } from '../destinations/destination.ts';
import { applyPatch, type LinkPatch } from '../link.ts';
import type { LinkSettings } from '../settings.ts';
import type { LinkTarget } from './find-link.ts';
import { type RewriteResult, type Rewriting, rewriteLink } from './rewrite-link.ts';

export interface LinkChange extends LinkTarget {
  readonly patch: LinkPatch;
  /** The host that the request came to: ours. */
  readonly host: string;
  readonly precondition?: IfMatch;
}

export type ChangeLinkResult = RewriteResult | Extract<Destination, { kind: 'refused' }>;

/** Changes a link; a banned one is not its owner's to change. */
export const changeLink = async (
  ports: Rewriting & { readonly settings: LinkSettings },
  { patch, host, precondition, ...target }: LinkChange,
): Promise<ChangeLinkResult> => {
  const { settings } = ports;
  const ownHosts = [...settings.ownHosts, host];
  const destination =
    patch.url === undefined ? undefined : checkDestination(patch.url, { ...settings, ownHosts });
  if (destination?.kind === 'refused') return destination;
  const wanted = destination ? { ...patch, url: destination.url } : patch;
  return rewriteLink(
    ports,
    target,
    (link) =>
      link.state === 'banned' ? 'not-allowed' : applyPatch(link, wanted, settings.reservedDays),
    precondition,
  );
};
