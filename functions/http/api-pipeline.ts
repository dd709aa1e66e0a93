import middy from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpRouterHandler from '@middy/http-router';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Authenticate, Principal } from '../identity/index.ts';
import { AppError } from '../kernel/errors.ts';
import type { ApiLimiter } from '../limiter/index.ts';
import { access } from './access.middleware.ts';
import { problemAnswers, toGatewayResult } from './answer.middleware.ts';
import { parseJsonBody, parseWith } from './parse-request.ts';
import { requestScope } from './request-scope.middleware.ts';
import type { ApiEvent, Method, Route } from './route.ts';

type Result = APIGatewayProxyStructuredResultV2;

export interface ApiPipelineOptions {
  readonly routes: readonly Route[];
  readonly authenticate: Authenticate;
  readonly limiter: ApiLimiter;
  /** The origin lock's accepted values. */
  readonly originSecrets: readonly string[];
}

const anonymous: Principal = { workspace: '', keyId: '', actor: 'anonymous', scopes: [] };

const requirePrincipal = ({ scope }: ApiEvent): Principal => {
  if (scope.principal !== undefined) return scope.principal;
  throw new AppError('unauthenticated', scope.refusal ?? 'Send an API key.', {
    headers: { 'www-authenticate': 'Bearer realm="hopgate"' },
  });
};

const authorize = (event: ApiEvent, { scope }: Route): Principal => {
  if (scope === 'public') return event.scope.principal ?? anonymous;
  const principal = requirePrincipal(event);
  if (principal.scopes.includes(scope)) return principal;
  throw new AppError('forbidden', `This API key lacks the scope "${scope}".`);
};

const runRoute = async (route: Route, event: ApiEvent): Promise<Result> => {
  const principal = authorize(event, route);
  const { requestId, clientIp, host } = event.scope;
  const response = await route.handle({
    requestId,
    clientIp,
    host,
    principal,
    headers: event.headers,
    params: (event.pathParameters ?? {}) as Record<string, string>,
    query: route.query && parseWith(route.query, event.queryStringParameters ?? {}, 'query'),
    body: route.body && parseWith(route.body, parseJsonBody(event), 'body'),
  });
  return toGatewayResult(response, event.scope);
};

const methodsOf = (routes: readonly Route[], path: string): Method[] => {
  const segments = path.replace(/\/$/, '').split('/');
  return routes
    .filter(({ path: pattern }) => {
      const parts = pattern.split('/');
      return (
        parts.length === segments.length &&
        parts.every((part, index) => part.startsWith('{') || part === segments[index])
      );
    })
    .map(({ method }) => method);
};

/** Answers what no route serves, to holders of a key: 405 where the path is known, else 404. */
const refuseUnknown = (routes: readonly Route[], event: ApiEvent): never => {
  requirePrincipal(event);
  const { method, path } = event.requestContext.http;
  const allowed = methodsOf(routes, path);
  if (allowed.length === 0) throw new AppError('not-found', `There is nothing at ${path}.`);
  throw new AppError('method-not-allowed', `${path} does not answer ${method}.`, {
    headers: { allow: allowed.join(', ') },
  });
};

/**
 * The Lambda handler of a set of routes. Every request passes, in this order: the origin lock,
 * authentication, the limiter, the route's scope, and its schemas. Faults become problem+json.
 */
export const createApiHandler = ({
  routes,
  authenticate,
  limiter,
  originSecrets,
}: ApiPipelineOptions) =>
  middy<ApiEvent, Result>()
    .use(problemAnswers())
    .use(httpHeaderNormalizer())
    .use(requestScope(originSecrets))
    .use(access(authenticate, limiter, routes))
    .handler(
      httpRouterHandler<ApiEvent, Result>({
        routes: [
          ...routes.map((route) => ({
            method: route.method,
            path: route.path,
            handler: async (event: ApiEvent) => runRoute(route, event),
          })),
          {
            method: 'ANY',
            path: '/{proxy+}',
            handler: async (event: ApiEvent) => refuseUnknown(routes, event),
          },
        ],
        // For methods that the router's ANY does not stand for.
        notFoundResponse: ({ path }) => {
          throw new AppError('not-found', `There is nothing at ${path}.`);
        },
      }),
    );
