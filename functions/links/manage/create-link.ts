import type { Clock } from '../../kernel/clock.ts';
import type { CodeGenerator } from '../codes/code-generator.ts';
import { claimOf, idempotentCode } from '../codes/idempotency.ts';
import { checkDestination, type Destination } from '../destinations/destination.ts';
import { isManageable, type Link, type RedirectStatus, reservedAfter } from '../link.ts';
import { defaultDomain, toLinkId } from '../link-key.ts';
import type { LinkSettings } from '../settings.ts';
import type { Claim, CreateOutcome, LinkStore } from '../store/link-store.ts';

export interface NewLink {
  readonly url: string;
  /** In its normal form. @default made by the generator */
  readonly code?: string;
  readonly status: RedirectStatus;
  readonly expiresAt?: number;
  readonly tags: readonly string[];
  readonly title?: string;
}

export interface LinkMaking {
  readonly store: LinkStore;
  readonly generator: CodeGenerator;
  readonly clock: Clock;
  readonly settings: LinkSettings;
  /** The HMAC key of idempotent codes. */
  readonly codeKey: string;
}

export interface CreateRequest {
  readonly link: NewLink;
  readonly workspace: string;
  readonly actor: string;
  /** The host that the request came to: ours. */
  readonly host: string;
  readonly idempotencyKey?: string;
}

export type CreateLinkResult =
  | { readonly kind: 'created' | 'replayed'; readonly link: Link }
  | Extract<Destination, { kind: 'refused' }>
  /** `gone`: the link that this Idempotency-Key made has been deleted since. */
  | { readonly kind: 'alias-taken' | 'key-reused' | 'gone' | 'crowded' };

const mostCollisions = 10;
/** How long an Idempotency-Key sent with an alias is remembered; one without lives as its link. */
const aliasClaimMs = 86_400_000;

interface Attempt {
  readonly ports: LinkMaking;
  readonly claim: Claim | undefined;
  readonly now: number;
  readonly linkAt: (code: string) => Link;
}

/** What an earlier request with the same Idempotency-Key left behind; undefined where none did. */
const earlier = (outcome: CreateOutcome, { claim, now }: Attempt): CreateLinkResult | undefined => {
  if (outcome.kind === 'created' || claim === undefined) return undefined;
  if (outcome.claim?.id !== claim.id) return undefined;
  if (outcome.claim.request !== claim.request) return { kind: 'key-reused' };
  const { link } = outcome;
  return link !== undefined && isManageable(link, now)
    ? { kind: 'replayed', link }
    : { kind: 'gone' };
};

const createWithFreshCode = async (attempt: Attempt, link: NewLink, workspace: string) => {
  const { ports, claim, linkAt } = attempt;
  for (let collisions = 0; collisions < mostCollisions; collisions++) {
    const code = claim
      ? idempotentCode(ports.codeKey, claim, collisions)
      : await ports.generator.next({ workspace, url: link.url }, collisions);
    const made = linkAt(code);
    const outcome = await ports.store.create(made, claim);
    if (outcome.kind === 'created') return { kind: 'created', link: made } as const;
    const before = earlier(outcome, attempt);
    if (before !== undefined) return before;
  }
  return { kind: 'crowded' } as const;
};

/** Remembers the request under the code that its key would have had, where every repeat looks. */
const reserveForAlias = async (
  { ports, now }: Attempt,
  claim: Claim,
): Promise<'ours' | 'key-reused' | 'crowded'> => {
  for (let collisions = 0; collisions < mostCollisions; collisions++) {
    const key = { domain: defaultDomain, code: idempotentCode(ports.codeKey, claim, collisions) };
    const outcome = await ports.store.reserve(key, claim, now, now + aliasClaimMs);
    if (outcome.kind === 'created') return 'ours';
    if (outcome.claim?.id === claim.id) {
      return outcome.claim.request === claim.request ? 'ours' : 'key-reused';
    }
  }
  return 'crowded';
};

const createWithAlias = async (attempt: Attempt, alias: string): Promise<CreateLinkResult> => {
  const { ports, claim, linkAt } = attempt;
  const reservation = claim ? await reserveForAlias(attempt, claim) : 'ours';
  if (reservation !== 'ours') return { kind: reservation };
  const made = linkAt(alias);
  const outcome = await ports.store.create(made, claim);
  if (outcome.kind === 'created') return { kind: 'created', link: made };
  return earlier(outcome, attempt) ?? { kind: 'alias-taken' };
};

/** Makes a link, once however often a request with the same Idempotency-Key is repeated. */
export const createLink = async (
  ports: LinkMaking,
  request: CreateRequest,
): Promise<CreateLinkResult> => {
  const { settings, codeKey } = ports;
  const { workspace, actor, host, idempotencyKey } = request;
  const ownHosts = [...settings.ownHosts, host];
  const destination = checkDestination(request.link.url, { ...settings, ownHosts });
  if (destination.kind === 'refused') return destination;
  const link = { ...request.link, url: destination.url };
  const claim =
    idempotencyKey === undefined
      ? undefined
      : claimOf(codeKey, { workspace, key: idempotencyKey, input: { ...link } });
  const now = ports.clock.now();
  const { code: alias, ...wanted } = link;
  const linkAt = (code: string): Link => ({
    id: toLinkId({ domain: defaultDomain, code }),
    domain: defaultDomain,
    code,
    ...wanted,
    state: 'active',
    workspace,
    owner: actor,
    createdAt: now,
    version: 1,
    ...(wanted.expiresAt !== undefined && {
      reservedUntil: reservedAfter(wanted.expiresAt, settings.reservedDays),
    }),
  });
  const attempt: Attempt = { ports, claim, now, linkAt };
  return alias === undefined
    ? createWithFreshCode(attempt, link, workspace)
    : createWithAlias(attempt, alias);
};
