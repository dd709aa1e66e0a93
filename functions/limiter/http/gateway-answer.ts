import type { Decision } from '../verdict.ts';
import type { GatewayEvent } from './gateway-event.ts';
import { problemOf, quotaExceededType } from './problem.ts';

export type LimitHeaders = Readonly<Record<string, string>>;

/** API Gateway's response, as far as the limiter writes one. */
export interface GatewayAnswer {
  readonly statusCode: number;
  readonly headers: LimitHeaders;
  readonly body: string;
}

/** 429, or 503 where the limits cannot be checked, as problem+json (RFC 9457). */
export const refusalAnswer = (decision: Decision, headers: LimitHeaders): GatewayAnswer => {
  const problem = problemOf(decision);
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
      title: isQuota ? 'Quota exceeded' : 'Service Unavailable',
      status,
      detail: problem?.detail,
      ...problem?.extensions,
    }),
  };
};

const hasStatus = (response: unknown): response is { readonly headers?: object } =>
  typeof response === 'object' && response !== null && 'statusCode' in response;

/**
 * A handler's answer with the limits' headers, which its own overrule. An answer that is not a
 * response yet becomes the one that payload 2.0 makes of it: 200 with the JSON.
 */
export const withLimitHeaders = (
  event: GatewayEvent,
  response: unknown,
  headers: LimitHeaders,
): unknown => {
  if (hasStatus(response)) return { ...response, headers: { ...headers, ...response.headers } };
  const isInferred = event.version === '2.0' && response !== undefined && response !== null;
  if (!isInferred) return response;
  return {
    statusCode: 200,
    headers: { ...headers, 'content-type': 'application/json' },
    body: typeof response === 'string' ? response : JSON.stringify(response),
  };
};
