import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { vi } from 'vitest';
import { createApiHandler } from '../../../functions/http/api-pipeline.ts';
import { type Scope, scopes } from '../../../functions/identity/principal.ts';
import type { ApiLimiter } from '../../../functions/limiter/index.ts';
import { createLimiter } from '../../../functions/limiter/limiter.ts';
import type { LimitStore } from '../../../functions/limiter/stores/limit-store.ts';
import { createMemoryLimitStore } from '../../../functions/limiter/stores/memory-limit-store.ts';
import { limitRoutes } from '../../../functions/limits/api/limit-routes.ts';
import { createMemoryPolicyStore } from '../../../functions/limits/memory-policy-store.ts';
import { createPolicyBook } from '../../../functions/limits/policy-book.ts';
import { gatewayEvent, lambdaContext } from '../../support/gateway-event.ts';
import { manualClock } from '../../support/manual-clock.ts';

interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly workspace?: string;
  readonly scopes?: readonly Scope[];
}

const segmentsMatch = (pattern: string, path: string): boolean => {
  const parts = path.split('/');
  const wanted = pattern.split('/');
  return (
    wanted.length === parts.length &&
    wanted.every((part, index) => part.startsWith('{') || part === parts[index])
  );
};

/** The routes over memory, behind the real pipeline: whoever sends a key is its workspace. */
export const setUpLimitRoutes = ({ mostPolicies = 1_000 } = {}) => {
  const clock = manualClock(Date.UTC(2026, 0, 1, 12));
  const policies = createMemoryPolicyStore(mostPolicies);
  const memory = createMemoryLimitStore();
  let isDown = false;
  const guard =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (isDown) throw new Error('down');
      return call(...args);
    };
  const limits: LimitStore = {
    take: vi.fn(guard(memory.take)),
    peek: vi.fn(guard(memory.peek)),
    refund: vi.fn(guard(memory.refund)),
    release: vi.fn(guard(memory.release)),
    renew: vi.fn(guard(memory.renew)),
    reset: vi.fn(guard(memory.reset)),
  };
  const limiter = createLimiter({ store: limits, clock, keyPrefix: 'limits:' });
  const book = createPolicyBook({ store: policies, clock });
  const routes = limitRoutes({ store: policies, clock, book, limiter });
  const apiLimiter = {
    takeForKey: vi.fn(async () => ({
      allowed: true,
      verdicts: [],
      headers: { ratelimit: '"api";r=9;t=1' },
    })),
  };
  const call = async (method: string, path: string, options: CallOptions = {}) => {
    const { body, headers, query, workspace = 'acme', scopes: granted = scopes } = options;
    const handler = createApiHandler({
      routes,
      authenticate: async () => ({
        kind: 'authenticated',
        principal: { workspace, keyId: 'k1', actor: 'key:k1', scopes: granted },
      }),
      limiter: apiLimiter as unknown as ApiLimiter,
      originSecrets: ['s'],
    });
    const event = gatewayEvent({
      method,
      path,
      headers: { 'content-type': 'application/json', 'x-hop-origin': 's', ...headers },
      ...(query && { query }),
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const route = routes.find((each) => each.method === method && segmentsMatch(each.path, path));
    if (route !== undefined) event.routeKey = `${method} ${route.path}`;
    const answer = (await handler(
      event as never,
      lambdaContext,
    )) as APIGatewayProxyStructuredResultV2;
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers ?? {},
      body: answer.body ? JSON.parse(answer.body) : undefined,
    };
  };
  return {
    apiLimiter,
    call,
    clock,
    limits,
    policies,
    routes,
    /** Makes a policy of this name. */
    put: (body: unknown, name = 'login') => call('PUT', `/v1/limits/${name}`, { body }),
    check: (body: object, name = 'login') =>
      call('POST', `/v1/limits/${name}/check`, { body: { key: 'ada', ...body } }),
    setDown: (down: boolean) => {
      isDown = down;
    },
  };
};

/** The routes, with a policy `login`. */
export const setUpPolicy = async (policy: unknown = { limit: 5, windowSeconds: 60 }) => {
  const routes = setUpLimitRoutes();
  await routes.put(policy);
  return routes;
};

/** The fields that a 422 names. */
export const fieldsOf = (body: { errors?: { field: string }[] }): string[] =>
  (body.errors ?? []).map(({ field }) => field);
