import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { ApiDecision } from './api-limiter.ts';
import { quotaExceededType } from './problem.ts';

type Result = APIGatewayProxyStructuredResultV2;

export interface RateLimitOptions<E> {
  /** Charges whoever sent the event, as {@link ApiLimiter.takeForKey} and its like do. */
  readonly take: (event: E) => Promise<ApiDecision>;
}

const refusal = ({ headers, problem }: ApiDecision): Result => {
  const isQuota = problem?.code !== 'unavailable';
  const status = isQuota ? 429 : 503;
  return {
    statusCode: status,
    headers: {
      ...headers,
      'cache-control': 'no-store',
      'content-type': 'application/problem+json',
    },
    body: JSON.stringify({
      type: isQuota ? quotaExceededType : 'about:blank',
      title: isQuota ? 'Quota exceeded' : 'Temporarily unavailable',
      status,
      detail: problem?.detail,
      ...problem?.extensions,
    }),
  };
};

/**
 * middy middleware for any HTTP API: answers a refused request itself (429, or 503 for a policy
 * that fails closed), and puts the limits' headers on every other answer.
 */
export const rateLimit = <E = APIGatewayProxyEventV2>({
  take,
}: RateLimitOptions<E>): MiddlewareObj<E, Result> => {
  const headersOf = new WeakMap<object, Record<string, string>>();
  return {
    before: async (request) => {
      const decision = await take(request.event);
      if (!decision.allowed) return refusal(decision);
      headersOf.set(request, decision.headers);
    },
    after: (request) => {
      if (request.response === null || typeof request.response !== 'object') return;
      request.response.headers = { ...headersOf.get(request), ...request.response.headers };
    },
  };
};
