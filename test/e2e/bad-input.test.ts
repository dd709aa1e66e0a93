import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../local/start-cloud.ts';
import { type ApiClient, apiClient } from '../support/api-client.ts';

let cloud: Cloud;
let client: ApiClient;
beforeAll(async () => {
  cloud = await startCloud({ memory: true });
  client = apiClient(cloud);
});
afterAll(async () => cloud.stop());

interface Raw {
  readonly method?: string;
  readonly path: string;
  /** Name, value, name, value: so that names may repeat. */
  readonly headers?: readonly string[];
  readonly body?: Buffer | string;
}

/** Sends what fetch would tidy up. */
const raw = ({ method = 'POST', path, headers = [], body }: Raw) =>
  new Promise<{ status: number; type: string; text: string }>((resolve, reject) => {
    const url = new URL(cloud.url);
    const outgoing = request(
      {
        host: url.hostname,
        port: url.port,
        method,
        path,
        headers: [
          'host',
          url.host,
          'authorization',
          `Bearer ${cloud.key}`,
          ...headers,
          ...(body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))]),
        ],
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk) => chunks.push(chunk));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            type: incoming.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });

const json = ['content-type', 'application/json'];
const post = (body: Buffer | string, headers: readonly string[] = json): Raw => ({
  path: '/v1/links',
  headers,
  body,
});
const url = 'https://example.com/bad';
const field = (name: string, value: unknown): Raw => post(JSON.stringify({ url, [name]: value }));

/** CloudFront refuses broken escapes and null bytes, API Gateway long paths, in their own words. */
const answeredBeforeUs = /%%|%00|x{5000}/;

const cases: readonly [string, Raw][] = [
  ['malformed JSON', post('{"url":')],
  ['an empty body', post('')],
  ['a JSON array', post('[]')],
  ['a JSON null', post('null')],
  ['a JSON number', post('1e999')],
  ['deep nesting', post(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)],
  ['a url of a wrong type', post('{"url":17}')],
  ['no url', post('{}')],
  ['an unknown field', field('ulr', 1)],
  ['__proto__ as a field', post(`{"url":"${url}","__proto__":{"workspace":"x"}}`)],
  ['constructor as a field', field('constructor', {})],
  ['a body of 1 MB', post(JSON.stringify({ url, title: 'x'.repeat(1_000_000) }))],
  [
    'a url of 10,000 characters',
    post(JSON.stringify({ url: `https://example.com/${'x'.repeat(10_000)}` })),
  ],
  ['a null byte in the title', field('title', 'a\u0000b')],
  ['a null byte in the code', field('code', 'a\u0000b')],
  ['a lone surrogate in the title', field('title', '\ud800')],
  [
    'broken UTF-8',
    post(
      Buffer.concat([
        Buffer.from('{"url":"https://example.com/'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('"}'),
      ]),
    ),
  ],
  ['doubled content type', post(JSON.stringify({ url }), [...json, ...json])],
  ['no content type', post(JSON.stringify({ url }), [])],
  ['text/plain', post(JSON.stringify({ url }), ['content-type', 'text/plain'])],
  [
    'doubled authorization',
    post(JSON.stringify({ url }), [...json, 'authorization', 'Bearer other']),
  ],
  [
    'doubled Idempotency-Key',
    post(JSON.stringify({ url }), [...json, 'idempotency-key', 'a', 'idempotency-key', 'b']),
  ],
  [
    'an Idempotency-Key of 5,000 characters',
    post(JSON.stringify({ url }), [...json, 'idempotency-key', 'k'.repeat(5000)]),
  ],
  ['a reserved alias', field('code', 'v1/x')],
  ['an alias of 65 characters', field('code', 'x'.repeat(65))],
  ['an alias with a space', field('code', 'a b')],
  ['an alias that climbs', field('code', '../etc')],
  ['an empty alias', field('code', '')],
  ['a status of 200', field('status', 200)],
  ['an expiry in the past', field('expiresAt', '2020-01-01T00:00:00Z')],
  ['an expiry that is no date', field('expiresAt', 'tomorrow')],
  ['tags that are no list', field('tags', 'a')],
  [
    'a thousand tags',
    field(
      'tags',
      Array.from({ length: 1000 }, (_, n) => `t${n}`),
    ),
  ],
  ['javascript:', post('{"url":"javascript:alert(1)"}')],
  ['credentials', post('{"url":"https://user:pass@example.com/"}')],
  ['a metadata address in decimal', post('{"url":"http://2852039166/latest"}')],
  ['our own host', post(JSON.stringify({ url: 'http://127.0.0.1:8080/abc' }))],
  ['a cursor that is none', { method: 'GET', path: '/v1/links?cursor=%00%ff' }],
  [
    'a cursor made up',
    {
      method: 'GET',
      path: `/v1/links?cursor=${Buffer.from('{"pk":"W#other"}').toString('base64url')}`,
    },
  ],
  ['a limit of zero', { method: 'GET', path: '/v1/links?limit=0' }],
  ['two limits', { method: 'GET', path: '/v1/links?limit=1&limit=2' }],
  ['an unknown query parameter', { method: 'GET', path: '/v1/links?lmit=1' }],
  ['an id that is none', { method: 'GET', path: '/v1/links/~%%%' }],
  ['an id with a null byte', { method: 'GET', path: '/v1/links/a%00b' }],
  ['an id of another shape', { method: 'GET', path: '/v1/links/~AAAA' }],
  ['an id of 5,000 characters', { method: 'GET', path: `/v1/links/${'x'.repeat(5000)}` }],
  [
    'a PATCH of nothing there',
    { method: 'PATCH', path: '/v1/links/nothere', headers: json, body: '{"title":"x"}' },
  ],
  ['a stats query with a bad zone', { method: 'GET', path: '/v1/links/abc/stats?tz=Mars/Olympus' }],
  ['a path without a route', { method: 'GET', path: '/v1/nothing' }],
  ['a method without a route', { method: 'PUT', path: '/v1/links', headers: json, body: '{}' }],
];

describe('the API', () => {
  it.each(cases)('answers %s with a 4xx problem', async (_, request) => {
    const answer = await raw(request);
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
    expect(answer.status, answer.text).toBeLessThan(500);
    if (!answeredBeforeUs.test(request.path)) expect(answer.type).toBe('application/problem+json');
  });

  it('has stored nothing of all that', async () => {
    for (const [, request] of cases) await raw(request);
    await cloud.idle();
    expect((await client.call('/v1/links')).json.data).toEqual([]);
  });

  it('never answers garbage with a 5xx', async () => {
    for (let n = 0; n < 100; n++) {
      const { status } = await raw(post(randomBytes(1 + (n % 64))));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
  });
});

describe('the redirect', () => {
  it.each([
    '/%',
    '/%ff',
    '/%00',
    '/a%2',
    '/..%2f..%2fetc',
    '//evil.example/',
    '/%E0%80%80',
    '/~x',
    '/_x',
  ])('answers %s with a 4xx', async (path) => {
    const { status } = await raw({ method: 'GET', path });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('refuses other methods', async () => {
    const { status } = await raw({ method: 'POST', path: '/abc', body: 'x' });
    expect([403, 405]).toContain(status);
  });
});

describe("another workspace's key", () => {
  it('finds nothing of this one and changes nothing', async () => {
    const { json: link } = await client.shorten({ url: 'https://example.com/mine' });
    const stranger = apiClient({ url: cloud.url, key: await cloud.createKey('stranger') });
    for (const [method, path, body] of [
      ['GET', `/v1/links/${link.id}`],
      ['PATCH', `/v1/links/${link.id}`, { title: 'stolen' }],
      ['DELETE', `/v1/links/${link.id}`],
      ['GET', `/v1/links/${link.id}/stats`],
    ] as const) {
      const answer = await stranger.call(path, { method, ...(body && { body }) });
      expect(answer.status, `${method} ${path}`).toBe(404);
    }
    await cloud.idle();
    expect((await stranger.call('/v1/links')).json.data).toEqual([]);
    expect((await client.call(`/v1/links/${link.id}`)).json).toMatchObject({ version: 1 });
  });
});
