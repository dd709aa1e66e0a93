import { type IfMatch, isMatch } from '../../http/if-match.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Link } from '../link.ts';
import type { LinkStore } from '../store/link-store.ts';
import { findLink, type LinkTarget } from './find-link.ts';

export interface Rewriting {
  readonly store: LinkStore;
  readonly clock: Clock;
}

export type RewriteResult =
  | { readonly kind: 'written'; readonly link: Link }
  | { readonly kind: 'not-found' | 'version-mismatch' | 'not-allowed' | 'contended' };

/** Others may change a link between our read and our write this often before we give up. */
const mostTries = 8;

/**
 * Replaces a link by what `change` makes of its latest version. With a precondition a change of
 * somebody else's is an answer; without one the change is made again on top of it.
 */
export const rewriteLink = async (
  { store, clock }: Rewriting,
  target: LinkTarget,
  change: (link: Link) => Link | 'not-allowed',
  precondition?: IfMatch,
): Promise<RewriteResult> => {
  for (let tries = 0; tries < mostTries; tries++) {
    const seen = await findLink({ read: store.getForUpdate, clock }, target);
    if (seen === undefined) return { kind: 'not-found' };
    if (!isMatch(precondition, seen.version)) {
      return { kind: 'version-mismatch' };
    }
    const next = change(seen);
    if (next === 'not-allowed') return { kind: next };
    if (next === seen) return { kind: 'written', link: seen };
    if ((await store.update(next, seen)) === 'stored') return { kind: 'written', link: next };
  }
  return { kind: 'contended' };
};
