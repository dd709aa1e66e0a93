import QuickLRU from 'quick-lru';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { constantTimeEqual, sha256Hex } from '../kernel/hashing.ts';
import { type ApiKey, parseToken } from './api-key.ts';
import type { KeyStore } from './key-store.ts';
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

/** A revoked key works for at most this long in a process that has seen it. */
const knownForMs = 30_000;
const unknownForMs = 5_000;
/** When the store is down, a key seen before goes on working for this long. */
const staleForMs = 15 * 60_000;
const cachedKeys = 10_000;

const missing = 'Send an API key: "authorization: Bearer hg_…".';
/** One sentence for all: what exactly is wrong with a guess is nobody's business. */
const refused = 'This API key is not valid: unknown, expired or revoked.';

const presentedToken = (
  headers: Readonly<Record<string, string | undefined>>,
): string | undefined =>
  /^Bearer +([^\s,]+)$/i.exec(headers.authorization ?? '')?.[1] ?? headers['x-api-key'];

const isLive = (key: ApiKey, now: number): boolean =>
  key.revokedAt === undefined && (key.expiresAt === undefined || now < key.expiresAt);

/** Checks keys by one look-up and a constant-time compare, cached in the process. */
export const createAuthenticator = ({
  store,
  stage,
  clock,
}: AuthenticatorOptions): Authenticate => {
  const cache = new QuickLRU<string, { key: ApiKey | undefined; readAt: number }>({
    maxSize: cachedKeys,
  });

  const read = async (id: string): Promise<ApiKey | undefined> => {
    const cached = cache.get(id);
    const age = cached === undefined ? Number.POSITIVE_INFINITY : clock.now() - cached.readAt;
    if (cached !== undefined && age < (cached.key ? knownForMs : unknownForMs)) return cached.key;
    try {
      const key = await store.get(id);
      cache.set(id, { key, readAt: clock.now() });
      return key;
    } catch (error) {
      if (cached?.key !== undefined && age < staleForMs) return cached.key;
      throw new AppError('unavailable', 'API keys cannot be checked just now; try again shortly.', {
        cause: error,
        headers: { 'retry-after': '2' },
      });
    }
  };

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
    return {
      kind: 'authenticated',
      principal: { workspace, keyId: id, actor: `key:${id}`, scopes },
    };
  };
};
