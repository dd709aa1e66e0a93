import { hmacSha256 } from '../../kernel/hashing.ts';
import { randomId } from '../../kernel/ids.ts';
import type { ApiPolicies } from '../env.ts';
import type { Limiter } from '../limiter.ts';
import type { Decision, Verdict } from '../verdict.ts';
import { addressSubject } from './address.ts';
import type { AddressSecret } from './address-secret.ts';
import { type HeaderFormat, rateLimitHeaders } from './headers.ts';
import { type LimitProblem, problemOf } from './problem.ts';

/** A decision as the HTTP pipeline needs it. */
export interface ApiDecision {
  readonly allowed: boolean;
  readonly verdicts: readonly Verdict[];
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Present when refused. */
  readonly problem?: LimitProblem;
}

/** Which of a key's limits a request is charged to: `checks` for those that ask /v1/limits. */
export type KeyLimit = 'requests' | 'checks';

export interface TakeForKeyOptions {
  /** @default 1 */
  readonly cost?: number;
  /** @default requests */
  readonly policy?: KeyLimit;
}

export interface ApiLimiter {
  takeForKey(keyId: string, requestId: string, options?: TakeForKeyOptions): Promise<ApiDecision>;
  /** For requests without a valid key; `ip` as CloudFront saw it. */
  takeForIp(ip: string, requestId: string): Promise<ApiDecision>;
  /** Opens the store's connection before the first request; never fails. */
  warm(): Promise<void>;
}

const toApiDecision = (decision: Decision, format: HeaderFormat | undefined): ApiDecision => {
  const problem = problemOf(decision);
  return {
    allowed: decision.allowed,
    verdicts: decision.verdicts,
    headers: rateLimitHeaders(decision, format),
    ...(problem && { problem }),
  };
};

/** The limits of the HTTP API: of a key's requests, of its checks, and of an address. */
export const apiLimiter = ({
  limiter,
  checksLimiter = limiter,
  policies,
  addressSecret,
  format,
}: {
  readonly limiter: Limiter;
  /** @default limiter */
  readonly checksLimiter?: Limiter;
  readonly policies: Pick<ApiPolicies, 'perKey' | 'checksPerKey' | 'perIp'>;
  readonly addressSecret: AddressSecret;
  readonly format?: HeaderFormat;
}): ApiLimiter => {
  /** Without the shared secret the store is out of reach too: the insurance keys by this one. */
  const ownSecret = randomId(32);
  const addressKey = async (ip: string): Promise<string> => {
    const secret = await addressSecret.current().catch(() => ownSecret);
    return hmacSha256(secret, addressSubject(ip)).toString('base64url').slice(0, 16);
  };
  return {
    takeForKey: async (keyId, requestId, { cost = 1, policy = 'requests' } = {}) => {
      const take = { cost, requestId };
      const decision =
        policy === 'checks'
          ? await checksLimiter.take(policies.checksPerKey, keyId, take)
          : await limiter.take(policies.perKey, keyId, take);
      return toApiDecision(decision, format);
    },
    takeForIp: async (ip, requestId) => {
      const key = await addressKey(ip);
      return toApiDecision(await limiter.take(policies.perIp, key, { requestId }), format);
    },
    warm: async () => {
      await Promise.all([
        addressSecret.current().catch(() => undefined),
        limiter.peek(policies.perKey, 'warm'),
      ]);
    },
  };
};
