import type { Link } from '../link.ts';
import type { LinkKey } from '../link-key.ts';

/** Ties a code to the request that took it, so that a repeat finds it again. */
export interface Claim {
  /** HMAC of workspace and Idempotency-Key. */
  readonly id: string;
  /** Hash of what the request asked for. */
  readonly request: string;
}

export type CreateOutcome =
  | { readonly kind: 'created' }
  /** Somebody has the code: a link, a tombstone or, without a link, a reservation. */
  | { readonly kind: 'taken'; readonly link?: Link; readonly claim?: Claim };

export interface LinkStore {
  /** For redirects: may be some milliseconds old. Tombstones are links too. */
  get(key: LinkKey): Promise<Link | undefined>;
  /** The latest state, strongly consistent: twice the price. */
  getForUpdate(key: LinkKey): Promise<Link | undefined>;
  /** Takes the code unless somebody has it; `reservedUntil` of what is there is respected, no longer. */
  create(link: Link, claim?: Claim): Promise<CreateOutcome>;
  /** Takes a code without a link, from `now` to `until`. */
  reserve(key: LinkKey, claim: Claim, now: number, until: number): Promise<CreateOutcome>;
  /** Stores `next` if `seen` is still what is stored. */
  update(next: Link, seen: Link): Promise<'stored' | 'stale'>;
}
