import { hmacSha256 } from '../../kernel/hashing.ts';
import { randomId } from '../../kernel/ids.ts';
import type { Limiter } from '../limiter.ts';
import type { Policy } from '../policy.ts';
import type { Decision, Verdict } from '../verdict.ts';
import { addressSubject } from './address.ts';
import type { AddressSecret } from './address-secret.ts';
import type { KeyLimits } from './api-policies.ts';
import { type HeaderFormat, rateLimitHeaders } from './headers.ts';
import type { KeyLimit, KeyPolicies } from './key-policies.ts';
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

export interface TakeForKeyOptions {
  /** @default 1 */
  readonly cost?: number;
  /** @default requests */
  readonly policy?: KeyLimit;
  /** The key's own. @default the stage's */
  readonly limits?: KeyLimits | undefined;
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
  keyPolicies,
  perIp,
  addressSecret,
  format,
}: {
  readonly limiter: Limiter;
  /** @default limiter */
  readonly checksLimiter?: Limiter;
  readonly keyPolicies: KeyPolicies;
  readonly perIp: Policy;
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
    takeForKey: async (keyId, requestId, { cost = 1, policy: kind = 'requests', limits } = {}) => {
      const policy = keyPolicies.find(kind, limits);
      const charging = kind === 'checks' ? checksLimiter : limiter;
      return toApiDecision(await charging.take(policy, keyId, { cost, requestId }), format);
    },
    takeForIp: async (ip, requestId) => {
      const key = await addressKey(ip);
      return toApiDecision(await limiter.take(perIp, key, { requestId }), format);
    },
    warm: async () => {
      await Promise.all([
        addressSecret.current().catch(() => undefined),
        limiter.peek(keyPolicies.find('requests', undefined), 'warm'),
      ]);
    },
  };
};
