import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { vi } from 'vitest';
import { z } from 'zod';
import { createApiHandler } from '../../../functions/http/api-pipeline.ts';
import { defineRoute } from '../../../functions/http/route.ts';
import type { Authenticate, Principal } from '../../../functions/identity/index.ts';
import type { ApiLimiter, KeyLimits } from '../../../functions/limiter/index.ts';
import { type EventOptions, gatewayEvent, lambdaContext } from '../../support/gateway-event.ts';

const owner = { workspace: 'acme', keyId: 'k', actor: 'key:k', scopes: ['links:write'] } as const;
const authenticateAs =
  (principal: Principal): Authenticate =>
  async ({ authorization }) =>
    authorization === 'Bearer good'
      ? { kind: 'authenticated', principal }
      : { kind: 'anonymous', detail: 'Send an API key.' };

/** The handler of `POST /v1/links`. */
export const create = vi.fn(async (request: { body: { url: string } }) => ({
  status: 201,
  body: { url: request.body.url },
}));

const routes = [
  defineRoute({
    method: 'POST',
    path: '/v1/links',
    scope: 'links:write',
    body: z.strictObject({ url: z.string(), tags: z.array(z.string()).optional() }),
    handle: create,
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/links/{id}',
    scope: 'links:read',
    handle: async ({ params }) => ({ status: 200, body: params }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/limits/{policy}/check',
    scope: 'links:write',
    limit: 'checks',
    handle: async () => ({ status: 200 }),
  }),
  defineRoute({
    method: 'GET',
    path: '/health',
    scope: 'public',
    query: z.strictObject({ deep: z.enum(['yes']).optional() }),
    handle: async ({ host, clientIp }) => ({ status: 200, body: { host, clientIp } }),
  }),
  defineRoute({
    method: 'GET',
    path: '/broken',
    scope: 'public',
    handle: async () => {
      throw new Error('secret table name');
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/throttled',
    scope: 'public',
    handle: async () => {
      throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    },
  }),
];

/** The pipeline over a few routes; the limiter admits everybody, or nobody. */
export const setUpApi = ({
  allowed = true,
  limits,
}: {
  readonly allowed?: boolean;
  readonly limits?: KeyLimits;
} = {}) => {
  const decision = allowed
    ? { allowed, verdicts: [], headers: { 'ratelimit-policy': '"hour";q=1000;w=3600' } }
    : {
        allowed,
        verdicts: [],
        headers: { 'retry-after': '12' },
        problem: {
          code: 'quota-exceeded' as const,
          detail: 'Too many.',
          extensions: { 'violated-policies': ['hour'] },
        },
      };
  const limiter = {
    takeForKey: vi.fn(async () => decision),
    takeForIp: vi.fn(async () => decision),
    warm: async () => undefined,
  };
  const handler = createApiHandler({
    routes,
    authenticate: authenticateAs({ ...owner, ...(limits && { limits }) }),
    limiter: limiter as unknown as ApiLimiter,
    originSecrets: ['current', 'previous'],
  });
  const call = async (options: EventOptions, routeKey = '$default') => {
    const headers = { 'x-hop-origin': 'current', authorization: 'Bearer good', ...options.headers };
    const event = { ...gatewayEvent({ ...options, headers }), routeKey };
    const result = (await handler(
      event as never,
      lambdaContext,
    )) as APIGatewayProxyStructuredResultV2;
    return { ...result, json: result.body === undefined ? undefined : JSON.parse(result.body) };
  };
  return { call, limiter };
};

const jsonHeaders = { 'content-type': 'application/json' };
export const post = (
  body: string,
  headers: Record<string, string> = jsonHeaders,
): EventOptions => ({
  method: 'POST',
  path: '/v1/links',
  body,
  headers,
});
