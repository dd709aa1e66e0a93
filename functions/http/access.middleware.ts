import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Authenticate } from '../identity/index.ts';
import { AppError } from '../kernel/errors.ts';
import type { ApiDecision, ApiLimiter } from '../limiter/index.ts';
import type { ApiEvent, Route } from './route.ts';

const refuse = ({ problem }: ApiDecision): never => {
  throw new AppError(problem?.code ?? 'quota-exceeded', problem?.detail ?? 'Too many requests.', {
    extensions: problem?.extensions ?? {},
  });
};

/**
 * Authenticates, then charges the key, or the caller's address where there is no valid key, so that
 * guessing keys is limited too. Who may do what is settled by the route. Which of the key's limits
 * is charged, API Gateway's choice of the route tells; each request costs 1, as its body is not read
 * yet: a batch of checks, 20 at most, too.
 */
export const access = (
  authenticate: Authenticate,
  limiter: ApiLimiter,
  routes: readonly Route[],
): MiddlewareObj<ApiEvent, APIGatewayProxyStructuredResultV2> => {
  const limits = new Map(routes.map(({ limit, method, path }) => [`${method} ${path}`, limit]));
  return {
    before: async ({ event }) => {
      const { scope } = event;
      const identity = await authenticate(event.headers, scope.clientIp);
      const decision =
        identity.kind === 'authenticated'
          ? await limiter.takeForKey(identity.principal.keyId, scope.requestId, {
              policy: limits.get(event.routeKey) ?? 'requests',
              limits: identity.principal.limits,
            })
          : await limiter.takeForIp(scope.clientIp, scope.requestId);
      Object.assign(scope.responseHeaders, decision.headers);
      if (!decision.allowed) refuse(decision);
      if (identity.kind === 'authenticated') scope.principal = identity.principal;
      else scope.refusal = identity.detail;
    },
  };
};
