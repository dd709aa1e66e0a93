import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { constantTimeEqual, sha256Hex } from '../kernel/hashing.ts';
import type { KeyLimits } from '../limiter/index.ts';
import { type ApiKey, parseToken } from './api-key.ts';
import type { KeyStore } from './key-store.ts';
import { createLookUp } from './look-up.ts';
import type { Principal } from './principal.ts';

export type Identity =
  | { readonly kind: 'authenticated'; readonly principal: Principal }
  /** `detail` may be told to the caller. */
  | { readonly kind: 'anonymous'; readonly detail: string };

/** Headers have lower-case names. @throws AppError `unavailable` when keys cannot be read */
export type Authenticate = (
  headers: Readonly<Record<string, string | undefined>>,
  clientIp: string,
) => Promise<Identity>;

export interface AuthenticatorOptions {
  readonly store: KeyStore;
  readonly stage: string;
  readonly clock: Clock;
}

const cachedKeys = 10_000;
const cachedWorkspaces = 1_000;

const missing = 'Send an API key: "authorization: Bearer hg_…".';
/** One sentence for all: what exactly is wrong with a guess is nobody's business. */
const refused = 'This API key is not valid: unknown, expired or revoked.';

const presentedToken = (
  headers: Readonly<Record<string, string | undefined>>,
): string | undefined =>
  /^Bearer +([^\s,]+)$/i.exec(headers.authorization ?? '')?.[1] ?? headers['x-api-key'];

const isLive = (key: ApiKey, now: number): boolean =>
  key.revokedAt === undefined && (key.expiresAt === undefined || now < key.expiresAt);

/** The key's own limits, and its workspace's where it has none. */
const limitsOf = (key: ApiKey, workspace: KeyLimits | undefined): KeyLimits | undefined => {
  if (key.limits === undefined) return workspace;
  return {
    requests: { ...workspace?.requests, ...key.limits.requests },
    checks: { ...workspace?.checks, ...key.limits.checks },
  };
};

/**
 * Checks keys by one look-up and a constant-time compare. A process remembers a key, and the limits
 * of its workspace, for 30 s: so long a revoked one may still work.
 */
export const createAuthenticator = ({
  store,
  stage,
  clock,
}: AuthenticatorOptions): Authenticate => {
  const findKey = createLookUp({ load: store.get, clock, maxNames: cachedKeys });
  const findLimits = createLookUp({
    // A workspace without any is an answer, too.
    load: async (workspace) => ({ limits: await store.getWorkspaceLimits(workspace) }),
    clock,
    maxNames: cachedWorkspaces,
  });

  const read = async (id: string): Promise<ApiKey | undefined> =>
    findKey(id).catch((cause: unknown) => {
      throw new AppError('unavailable', 'API keys cannot be checked just now; try again shortly.', {
        cause,
        headers: { 'retry-after': '2' },
      });
    });

  return async (headers) => {
    const token = presentedToken(headers);
    if (token === undefined) return { kind: 'anonymous', detail: missing };
    const parts = parseToken(stage, token);
    if (parts === undefined) return { kind: 'anonymous', detail: refused };
    const key = await read(parts.id);
    const matches = constantTimeEqual(sha256Hex(parts.secret), key?.secretHash ?? '');
    if (key === undefined || !matches || !isLive(key, clock.now())) {
      return { kind: 'anonymous', detail: refused };
    }
    const { id, workspace, scopes } = key;
    // Where they cannot be read, the stage's limits hold: no reason to turn a valid key away.
    const known = await findLimits(workspace).catch(() => undefined);
    const limits = limitsOf(key, known?.limits);
    return {
      kind: 'authenticated',
      principal: { workspace, keyId: id, actor: `key:${id}`, scopes, ...(limits && { limits }) },
    };
  };
};
