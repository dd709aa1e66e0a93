import { setTimeout as sleep } from 'node:timers/promises';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { concurrencyOf } from '../algorithms/limit.ts';
import type { Limiter, Subject } from '../limiter.ts';
import type { Policy } from '../policy.ts';
import { type LimitHeaders, refusalAnswer, withLimitHeaders } from './gateway-answer.ts';
import { type GatewayEvent, sourceIpKey } from './gateway-event.ts';
import { type HeaderFormat, rateLimitHeaders } from './headers.ts';

export interface RateLimitOptions<E> {
  readonly limiter: Pick<Limiter, 'take' | 'release'>;
  readonly policy: Policy | ((event: E) => Policy);
  /**
   * Whom to charge: who is signed in, or the key that was checked. Never what a client may write
   * as it likes, or each request is a stranger. @default {@link sourceIpKey}, wrong behind CloudFront
   */
  readonly key?: (event: E) => string;
  /** @default 1 */
  readonly cost?: number | ((event: E) => number);
  /**
   * Requests of one id are charged once in 30 s. API Gateway's id is new with each try of a client,
   * so it cannot tell a retry; an `Idempotency-Key` can, but who repeats one passes free: use it
   * only where the work is then done once, too. It also names the charge for `refund`, and a lease.
   * @default none, or API Gateway's id where a policy is refundable or limits concurrency
   */
  readonly requestId?: (event: E, context: Context) => string | undefined;
  /** Wider subjects that are charged too, all or none; widest first. @default none */
  readonly within?: (event: E) => readonly Subject[];
  /** @default draft-11 */
  readonly format?: HeaderFormat;
  /** How a request waits that a leaky bucket delays. @default a timer */
  readonly delay?: (ms: number) => Promise<unknown>;
}

interface Admission {
  readonly headers: LimitHeaders;
  readonly release: () => Promise<unknown>;
}

const holdsLease = ({ policy }: Subject): boolean => concurrencyOf(policy.limits) !== undefined;

/** The error carries them to whichever middleware answers it. */
const putOnError = (error: unknown, headers: LimitHeaders): void => {
  if (!(error instanceof Error) || !Object.isExtensible(error)) return;
  const known = (error as { headers?: object }).headers;
  Object.assign(error, { headers: { ...known, ...headers } });
};

/**
 * middy middleware for an HTTP API or a REST API: answers a refused request itself (429, or 503 for
 * a policy that fails closed), puts the limits' headers on every other answer, and ends the lease of
 * a concurrency limit. It answers no errors: it puts the headers on what an `onError` attached after
 * it has answered, and on the error's `headers` for one attached before. Attach it after what
 * answers early, such as a warm-up: middy then skips its second half.
 */
export const rateLimit = <E extends GatewayEvent = APIGatewayProxyEventV2>({
  limiter,
  policy: policyOf,
  key: keyOf = sourceIpKey,
  cost: costOf = 1,
  requestId: requestIdOf,
  within: withinOf = () => [],
  format,
  delay = sleep,
}: RateLimitOptions<E>): MiddlewareObj<E> => {
  const admissions = new WeakMap<object, Admission>();

  const idOf = (event: E, context: Context, subjects: readonly Subject[]) => {
    if (requestIdOf !== undefined) return requestIdOf(event, context);
    const isNamed = subjects.some((each) => each.policy.refundable || holdsLease(each));
    return isNamed ? event.requestContext.requestId : undefined;
  };

  return {
    before: async (request) => {
      const { event, context } = request;
      const policy = typeof policyOf === 'function' ? policyOf(event) : policyOf;
      const cost = typeof costOf === 'function' ? costOf(event) : costOf;
      const [key, within] = [keyOf(event), withinOf(event)];
      const subjects = [...within, { policy, key }];
      const requestId = idOf(event, context, subjects);
      const options = { cost, within, ...(requestId !== undefined && { requestId }) };
      const decision = await limiter.take(policy, key, options);
      const headers = rateLimitHeaders(decision, format);
      if (!decision.allowed) return refusalAnswer(decision, headers);
      const leases = requestId === undefined || cost === 0 ? [] : subjects.filter(holdsLease);
      const release = async () =>
        Promise.all(
          // Emptied, for a fault after the answer comes here again.
          leases
            .splice(0)
            .map(async (lease) =>
              limiter.release(lease.policy, lease.key, { requestId: requestId ?? '' }),
            ),
        );
      admissions.set(request, { headers, release });
      if (decision.delayMs > 0) await delay(decision.delayMs);
    },
    after: async (request) => {
      const admission = admissions.get(request);
      if (admission === undefined) return;
      await admission.release();
      request.response = withLimitHeaders(request.event, request.response, admission.headers);
    },
    onError: async (request) => {
      const admission = admissions.get(request);
      if (admission === undefined) return;
      await admission.release();
      if (request.response === undefined) putOnError(request.error, admission.headers);
      else request.response = withLimitHeaders(request.event, request.response, admission.headers);
    },
  };
};
