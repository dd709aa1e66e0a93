import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import {
  type RateLimitOptions,
  rateLimit,
} from '../../../../functions/limiter/http/rate-limit.middleware.ts';
import { createLimiter, type LimiterOptions } from '../../../../functions/limiter/limiter.ts';
import { definePolicy, type LimitInput } from '../../../../functions/limiter/policy.ts';
import { createMemoryLimitStore } from '../../../../functions/limiter/stores/memory-limit-store.ts';
import { gatewayEvent, lambdaContext } from '../../../support/gateway-event.ts';
import { manualClock } from '../../../support/manual-clock.ts';

export type Options = RateLimitOptions<APIGatewayProxyEventV2>;

export const minute = (limit: number): LimitInput => ({
  name: 'minute',
  algorithm: 'fixed-window',
  limit,
  windowSeconds: 60,
});
export const burst = (units: number): LimitInput => ({
  name: 'burst',
  algorithm: 'token-bucket',
  burst: units,
  limit: 60,
  windowSeconds: 60,
});
export const login = definePolicy({ name: 'login', limits: [minute(2)] });

export const memoryLimiter = (options: Partial<LimiterOptions> = {}) =>
  createLimiter({ store: createMemoryLimitStore(), clock: manualClock(), ...options });

export const eventFrom = (sourceIp: string, requestId = 'r'): APIGatewayProxyEventV2 => {
  const event = gatewayEvent({});
  const { requestContext } = event;
  const http = { ...requestContext.http, sourceIp };
  return { ...event, requestContext: { ...requestContext, requestId, http } };
};

/** A handler behind the middleware, with others before and after it. */
export const serve = (
  options: Partial<Options>,
  handle: () => unknown = () => ({ statusCode: 200 }),
  { outer, inner }: { readonly outer?: MiddlewareObj; readonly inner?: MiddlewareObj } = {},
) => {
  const limited = rateLimit({ limiter: memoryLimiter(), policy: login, ...options });
  const handler = middy<APIGatewayProxyEventV2>()
    .use(outer ? [outer] : [])
    .use(limited)
    .use(inner ? [inner] : [])
    .handler(async () => handle());
  return async (event: APIGatewayProxyEventV2 = eventFrom('192.0.2.7')) =>
    handler(event, lambdaContext);
};
