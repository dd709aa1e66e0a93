import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { formatViewer } from '../../../functions/edge/viewer.ts';
import { createApiHandler } from '../../../functions/http/api-pipeline.ts';
import { defineRoute } from '../../../functions/http/route.ts';
import type { Authenticate } from '../../../functions/identity/index.ts';
import type { ApiLimiter } from '../../../functions/limiter/index.ts';
import { type EventOptions, gatewayEvent, lambdaContext } from '../../support/gateway-event.ts';

const authenticate: Authenticate = async ({ authorization }) =>
  authorization === 'Bearer good'
    ? {
        kind: 'authenticated',
        principal: { workspace: 'acme', keyId: 'k', actor: 'key:k', scopes: ['links:write'] },
      }
    : { kind: 'anonymous', detail: 'Send an API key.' };

const create = vi.fn(async (request: { body: { url: string } }) => ({
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

const setUp = (allowed = true) => {
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
    authenticate,
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
const post = (body: string, headers: Record<string, string> = jsonHeaders): EventOptions => ({
  method: 'POST',
  path: '/v1/links',
  body,
  headers,
});

describe('createApiHandler', () => {
  it('runs a route with its validated body and puts the limiter headers on the answer', async () => {
    const { call } = setUp();
    const answer = await call(post('{"url":"https://example.com"}'));
    expect(answer.statusCode).toBe(201);
    expect(answer.json).toEqual({ url: 'https://example.com' });
    expect(answer.headers).toMatchObject({
      'ratelimit-policy': '"hour";q=1000;w=3600',
      'cache-control': 'no-store',
      'x-request-id': 'gateway-request-id',
    });
  });

  it.each([
    ['malformed JSON', post('{"url":'), 400, 'malformed-json'],
    ['an empty body', post(''), 400, 'malformed-json'],
    [
      'broken UTF-8',
      { ...post(Buffer.from([0x7b, 0xff]).toString('base64')), isBase64Encoded: true },
      400,
      'malformed-json',
    ],
    ['a body of a megabyte', post(`"${'x'.repeat(1_000_000)}"`), 413, 'body-too-large'],
    [
      'another content type',
      post('{}', { 'content-type': 'text/plain' }),
      415,
      'unsupported-media-type',
    ],
    [
      'a doubled content type',
      post('{}', { 'content-type': 'application/json,application/json' }),
      415,
      'unsupported-media-type',
    ],
    ['a wrong type', post('{"url":1}'), 422, 'validation-failed'],
    ['a missing field', post('{}'), 422, 'validation-failed'],
    ['an unknown field', post('{"url":"a","ulr":"b"}'), 422, 'validation-failed'],
    ['an array for an object', post('[]'), 422, 'validation-failed'],
    ['null', post('null'), 422, 'validation-failed'],
    ['a path that is not there', { path: '/v1/nothing' }, 404, 'not-found'],
    [
      'a method that is not there',
      { method: 'PUT', path: '/v1/links/abc' },
      405,
      'method-not-allowed',
    ],
    ['a scope the key lacks', { path: '/v1/links/abc' }, 403, 'forbidden'],
    ['no key', { path: '/v1/links/abc', headers: { authorization: '' } }, 401, 'unauthenticated'],
    [
      'no key on an unknown path',
      { path: '/v1/no', headers: { authorization: '' } },
      401,
      'unauthenticated',
    ],
    [
      'a wrong origin secret',
      { path: '/health', headers: { 'x-hop-origin': 'guess' } },
      403,
      'origin-locked',
    ],
    [
      'an unknown query parameter',
      { path: '/health', query: { dep: 'yes' } },
      422,
      'validation-failed',
    ],
  ] satisfies [string, EventOptions, number, string][])(
    'answers %s with a problem',
    async (_, options, status, code) => {
      create.mockClear();
      const answer = await setUp().call(options);
      expect(answer.statusCode).toBe(status);
      expect(answer.headers?.['content-type']).toBe('application/problem+json');
      expect(answer.json).toMatchObject({
        status,
        code,
        type: expect.any(String),
        title: expect.any(String),
        detail: expect.any(String),
        instance: expect.stringContaining('gateway-request-id'),
      });
      expect(create).not.toHaveBeenCalled();
    },
  );

  it('names each refused field with a code', async () => {
    const { json } = await setUp().call(post('{"tags":["a",1],"ulr":"b"}'));
    expect(json.errors).toEqual(
      expect.arrayContaining([
        { field: 'url', code: 'required', detail: expect.any(String) },
        { field: 'tags[1]', code: 'wrong-type', detail: expect.any(String) },
        { field: 'ulr', code: 'unknown-field', detail: expect.any(String) },
      ]),
    );
  });

  it('says which methods a known path answers', async () => {
    const { headers } = await setUp().call({ method: 'DELETE', path: '/v1/links' });
    expect(headers?.allow).toBe('POST');
  });

  it.each([
    ['PATCH', '/v1/limits/login/check', 'POST'],
    ['GET', '/v1/links', 'POST'],
    ['HEAD', '/v1/links/abc', 'GET'],
    ['OPTIONS', '/v1/links/abc/', 'GET'],
  ])('answers %s %s with 405 and allows %s, but only with a key', async (method, path, allow) => {
    const { call } = setUp();
    const { statusCode, headers, json } = await call({ method, path });
    expect([statusCode, headers?.allow, json.code]).toEqual([405, allow, 'method-not-allowed']);
    const anonymous = await call({ method, path, headers: { authorization: '' } });
    expect([anonymous.statusCode, anonymous.headers?.allow]).toEqual([401, undefined]);
  });

  it('answers an unforeseen fault with an opaque 500', async () => {
    const { statusCode, body } = await setUp().call({ path: '/broken' });
    expect(statusCode).toBe(500);
    expect(body).not.toContain('secret table name');
  });

  it('answers what passes by itself with 503 and when to try again', async () => {
    const { statusCode, headers, json } = await setUp().call({ path: '/throttled' });
    expect(statusCode).toBe(503);
    expect(headers?.['retry-after']).toBe('2');
    expect(json.code).toBe('unavailable');
  });

  it('believes the packed viewer header and charges an anonymous caller by that address', async () => {
    const { call, limiter } = setUp();
    const viewer = formatViewer({
      host: 'go.example.com',
      path: '/health',
      requestId: 'edge-id',
      ip: '203.0.113.9',
      seenAt: 1,
    });
    const answer = await call({
      path: '/health',
      headers: { 'x-hop-viewer': viewer, authorization: '' },
    });
    expect(answer.json).toEqual({ host: 'go.example.com', clientIp: '203.0.113.9' });
    expect(limiter.takeForIp).toHaveBeenCalledWith('203.0.113.9', 'edge-id');
    expect(limiter.takeForKey).not.toHaveBeenCalled();
  });

  it('charges the limit that the route names, as API Gateway chose it', async () => {
    const { call, limiter } = setUp();
    const path = '/v1/limits/login/check';
    await call({ method: 'POST', path }, 'POST /v1/limits/{policy}/check');
    const id = 'gateway-request-id';
    expect(limiter.takeForKey).toHaveBeenLastCalledWith('k', id, { policy: 'checks' });
    await call(post('{"url":"https://example.com"}'), 'POST /v1/links');
    expect(limiter.takeForKey).toHaveBeenLastCalledWith('k', id, { policy: 'requests' });
    await call({ path: '/v1/no' }, 'ANY /v1/{proxy+}');
    expect(limiter.takeForKey).toHaveBeenLastCalledWith('k', id, { policy: 'requests' });
  });

  it('accepts the previous origin secret while the lock rotates', async () => {
    const answer = await setUp().call({ path: '/health', headers: { 'x-hop-origin': 'previous' } });
    expect(answer.statusCode).toBe(200);
  });

  it('charges a failed authentication and refuses it with 429 when the address is out of quota', async () => {
    const { call } = setUp(false);
    const answer = await call({ path: '/v1/links/a', headers: { authorization: 'Bearer bad' } });
    expect(answer.statusCode).toBe(429);
    expect(answer.headers).toMatchObject({ 'retry-after': '12' });
    expect(answer.json).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      'violated-policies': ['hour'],
    });
  });
});
