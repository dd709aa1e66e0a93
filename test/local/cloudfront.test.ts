import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createDistribution,
  type DistributionOptions,
  type EdgeHeaders,
  type EdgeRequest,
  type EdgeResponse,
} from '../../local/cloudfront.ts';
import { manualClock } from '../support/manual-clock.ts';

const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const cachingOptimized = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const allViewerExceptHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
const clock = manualClock();

const policies = new Map<string, unknown>([
  [
    'redirect-cache',
    {
      MinTTL: 0,
      MaxTTL: 86_400,
      ParametersInCacheKeyAndForwardedToOrigin: {
        HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['X-Forwarded-Host'] },
        CookiesConfig: { CookieBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['a'] },
      },
    },
  ],
  [
    'redirect-origin',
    {
      HeadersConfig: {
        HeaderBehavior: 'whitelist',
        Headers: ['referer', 'CloudFront-Viewer-Country', 'cloudfront-viewer-city', 'x-hop-viewer'],
      },
      CookiesConfig: { CookieBehavior: 'whitelist', Cookies: ['kept'] },
      QueryStringsConfig: { QueryStringBehavior: 'none' },
    },
  ],
  [
    'security',
    {
      SecurityHeadersConfig: {
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'DENY', Override: true },
        ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: false },
        StrictTransportSecurity: {
          AccessControlMaxAgeSec: 63_072_000,
          IncludeSubdomains: true,
          Preload: true,
          Override: true,
        },
      },
      CustomHeadersConfig: { Items: [{ Header: 'X-Extra', Value: '1', Override: true }] },
      RemoveHeadersConfig: { Items: [{ Header: 'Server' }] },
    },
  ],
]);

const config = (overrides: Record<string, unknown> = {}, api: Record<string, unknown> = {}) => ({
  Enabled: true,
  Origins: [
    {
      Id: 'api',
      DomainName: 'api.example.com',
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
      OriginCustomHeaders: [{ HeaderName: 'X-Hop-Origin', HeaderValue: 'secret' }],
    },
  ],
  DefaultCacheBehavior: {
    TargetOriginId: 'api',
    ViewerProtocolPolicy: 'redirect-to-https',
    CachePolicyId: 'redirect-cache',
    OriginRequestPolicyId: 'redirect-origin',
    ...overrides,
  },
  CacheBehaviors: [
    {
      PathPattern: '/v1/*',
      TargetOriginId: 'api',
      AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
      CachePolicyId: cachingDisabled,
      OriginRequestPolicyId: allViewerExceptHost,
      ...api,
    },
  ],
});

let seen: EdgeRequest[];
let originResponse: EdgeResponse;
let logged: string[];

beforeEach(() => {
  seen = [];
  logged = [];
  originResponse = {
    status: 302,
    headers: { location: ['https://example.com/'], server: ['origin'], connection: ['close'] },
    body: Buffer.from('moved'),
  };
});

const create = (options: Partial<DistributionOptions> = {}) =>
  createDistribution({
    properties: config(),
    policies,
    functions: new Map(),
    clock,
    log: (line) => logged.push(line),
    originFetch: async (_, request) => {
      seen.push(request);
      return originResponse;
    },
    ...options,
  });
type FunctionEvent = 'viewer-request' | 'viewer-response';
const withFunctions = (codes: Partial<Record<FunctionEvent, string>>) =>
  create({
    properties: config({
      FunctionAssociations: Object.keys(codes).map((EventType) => ({
        EventType,
        FunctionARN: EventType,
      })),
    }),
    functions: new Map(Object.entries(codes)),
  });
const get = (
  target = '/abc',
  headers: EdgeHeaders = {},
  distribution = create(),
  method = 'GET',
  body = '',
) =>
  distribution.serve(target, {
    method,
    headers: { host: ['hop.example'], ...headers },
    body: Buffer.from(body),
    sourceIp: '127.0.0.1',
  });

describe('createDistribution', () => {
  it('forwards what the policies name and nothing else', async () => {
    await get('/abc?a=1&b=2&a=3', {
      referer: ['https://from.example/'],
      authorization: ['Bearer x'],
      'user-agent': ['Mozilla'],
      cookie: ['kept=1; dropped=2'],
      'x-other': ['1'],
    });
    expect(seen).toEqual([
      {
        method: 'GET',
        path: '/abc',
        query: 'a=1&a=3',
        headers: {
          referer: ['https://from.example/'],
          'user-agent': ['Amazon CloudFront'],
          cookie: ['kept=1'],
          host: ['api.example.com'],
          'x-forwarded-for': ['127.0.0.1'],
          via: ['1.1 d111111abcdef8.cloudfront.net (CloudFront)'],
          'x-amz-cf-id': [expect.stringMatching(/^[\w-]{54}==$/)],
          'x-hop-origin': ['secret'],
        },
        body: Buffer.alloc(0),
        sourceIp: expect.not.stringMatching('127.0.0.1'),
      },
    ]);
  });

  it('forwards all but Host under AllViewerExceptHostHeader', async () => {
    const headers = {
      authorization: ['Bearer x'],
      accept: ['a', 'b'],
      'accept-encoding': ['gzip'],
      'user-agent': ['Mozilla'],
      'x-forwarded-for': ['9.9.9.9'],
      cookie: ['a=1; b=2'],
    };
    await get('/v1/links?cursor=%7B&x', headers, create(), 'POST', '{"url":1}');
    expect(seen[0]).toMatchObject({
      method: 'POST',
      query: 'cursor=%7B&x',
      headers: {
        ...headers,
        host: ['api.example.com'],
        'x-forwarded-for': ['9.9.9.9, 127.0.0.1'],
        'content-length': ['9'],
      },
      body: Buffer.from('{"url":1}'),
    });
  });

  it('asks for the codings of the cache policy in its own words', async () => {
    const properties = config({ CachePolicyId: cachingOptimized });
    await get('/', { 'accept-encoding': ['deflate, gzip;q=1, br'] }, create({ properties }));
    expect(seen[0]?.headers['accept-encoding']).toEqual(['br,gzip']);
  });

  it('makes viewer headers of the local ones, where a policy names them', async () => {
    await get('/abc', {
      'x-local-viewer-ip': ['203.0.113.9'],
      'x-local-viewer-country': ['de'],
      'x-local-viewer-region': ['BY'],
      'x-local-viewer-city': [Buffer.from('München').toString('latin1')],
    });
    const { headers } = seen[0] as EdgeRequest;
    expect(headers['x-forwarded-for']).toEqual(['203.0.113.9']);
    expect(headers['cloudfront-viewer-country']).toEqual(['DE']);
    expect(headers['cloudfront-viewer-city']).toEqual(['M%C3%BCnchen']);
    expect(headers['cloudfront-viewer-country-region']).toBeUndefined();
    expect(Object.keys(headers).filter((name) => name.startsWith('x-local'))).toEqual([]);
  });

  it('drops what only CloudFront may say', async () => {
    const spoofed = {
      'cloudfront-viewer-country': ['US'],
      'x-edge-location': ['here'],
      'x-amz-cf-id': ['mine'],
      'x-real-ip': ['1.1.1.1'],
      'x-forwarded-proto': ['http'],
      'x-local-viewer-ip': ['not an address'],
      via: ['1.1 proxy'],
    };
    await get('/abc', spoofed);
    await get('/v1/links', spoofed);
    for (const { headers } of seen) {
      expect(headers['cloudfront-viewer-country']).toBeUndefined();
      expect(headers['x-edge-location']).toBeUndefined();
      expect(headers['x-real-ip']).toBeUndefined();
      expect(headers['x-forwarded-proto']).toBeUndefined();
      expect(headers['x-amz-cf-id']).not.toEqual(['mine']);
      expect(headers['x-forwarded-for']).toEqual(['127.0.0.1']);
    }
  });

  it('answers with its own headers and without those of one connection', async () => {
    const { status, headers, body } = await get();
    expect(status).toBe(302);
    expect(body.toString()).toBe('moved');
    expect(headers).toMatchObject({
      location: ['https://example.com/'],
      via: ['1.1 d111111abcdef8.cloudfront.net (CloudFront)'],
      'x-cache': ['Miss from cloudfront'],
    });
    expect(headers['x-amz-cf-id']).toEqual(seen[0]?.headers['x-amz-cf-id']);
    expect(headers.connection).toBeUndefined();
  });

  it('applies a response headers policy', async () => {
    originResponse.headers['x-frame-options'] = ['SAMEORIGIN'];
    originResponse.headers['referrer-policy'] = ['origin'];
    const properties = config({ ResponseHeadersPolicyId: 'security' });
    const { headers } = await get('/', {}, create({ properties }));
    expect(headers).toMatchObject({
      'x-content-type-options': ['nosniff'],
      'x-frame-options': ['DENY'],
      'referrer-policy': ['origin'],
      'strict-transport-security': ['max-age=63072000; includeSubDomains; preload'],
      'x-extra': ['1'],
    });
    expect(headers.server).toBeUndefined();
  });

  it.each([
    ['a method the behaviour does not allow', 'POST', ''],
    ['a GET with a body', 'GET', 'x'],
  ])('answers 403 to %s', async (_, method, body) => {
    const { status, headers } = await get('/abc', {}, create(), method, body);
    expect(status).toBe(403);
    expect(headers['x-cache']).toEqual(['Error from cloudfront']);
    expect(seen).toEqual([]);
  });

  it.each([
    ['/a%zz'],
    ['/a%'],
    ['/a%2'],
    ['/a%00b'],
    ['/a%0Ab'],
    ['/a?b=%00'],
    ['/a\tb'],
    ['/a#b'],
    ['*'],
    ['abc'],
  ])('answers 400 to the target %s', async (target) => {
    expect((await get(target)).status).toBe(400);
    expect(seen).toEqual([]);
  });

  it('answers 414 to a URL that is too long', async () => {
    expect((await get(`/${'a'.repeat(10_000)}`)).status).toBe(414);
  });

  it('encodes raw bytes and takes the path out of an absolute target', async () => {
    await get(`/${Buffer.from('ü').toString('latin1')}`);
    await get('http://hop.example/x/y?a=1');
    expect(seen.map(({ path, query }) => [path, query])).toEqual([
      ['/%C3%BC', ''],
      ['/x/y', 'a=1'],
    ]);
  });

  it.each([
    ['/v1/links', true],
    ['/v1/', true],
    ['//v1/links', true],
    ['/%761/links', true],
    ['/x/../v1/links', true],
    ['/v1', false],
    ['/V1/links', false],
    ['/v1/../abc', false],
    ['/v1%2Flinks', false],
  ])('chooses the behaviour of the normalized path of %s', async (target, isApi) => {
    await get(target, { 'x-other': ['1'] });
    expect(seen[0]?.headers['x-other'] !== undefined).toBe(isApi);
    expect(seen[0]?.path).toBe(target);
  });

  it('answers 502 where the origin cannot be reached, and 504 where it is late', async () => {
    const late = Object.assign(new Error('late'), { name: 'TimeoutError' });
    const failing = (error: Error) => create({ originFetch: () => Promise.reject(error) });
    expect((await get('/', {}, failing(new Error('refused')))).status).toBe(502);
    expect((await get('/', {}, failing(late))).status).toBe(504);
  });

  it.each([
    ['LambdaFunctionAssociations', config({ LambdaFunctionAssociations: [{}] })],
    ['WebACLId', { ...config(), WebACLId: 'arn' }],
    ['unknown origin', config({ TargetOriginId: 'none' })],
    ['no policy has the id', config({ CachePolicyId: 'none' })],
    ['error page', { ...config(), CustomErrorResponses: [{ ResponsePagePath: '/x' }] }],
    [
      'no function has the ARN',
      config({ FunctionAssociations: [{ EventType: 'viewer-request' }] }),
    ],
  ])('stops at %s', (message, properties) => {
    expect(() => create({ properties })).toThrow(message);
  });

  it('stops at policies that CloudFront refuses', () => {
    const Headers = Array.from({ length: 11 }, (_, n) => `x-${n}`);
    const HeadersConfig = { HeaderBehavior: 'whitelist', Headers };
    const bad = new Map<string, unknown>([
      ...policies,
      ['zero', { MaxTTL: 0, ParametersInCacheKeyAndForwardedToOrigin: { HeadersConfig } }],
      ['many', { HeadersConfig }],
    ]);
    const zero = config({ CachePolicyId: 'zero' });
    HeadersConfig.Headers = ['x-1'];
    expect(() => create({ policies: bad, properties: zero })).toThrow(/MaxTTL 0/);
    HeadersConfig.Headers = Headers;
    const many = config({ OriginRequestPolicyId: 'many' });
    expect(() => create({ policies: bad, properties: many })).toThrow(/11 headers/);
  });
});

describe('viewer-request functions', () => {
  const request = (code: string) =>
    withFunctions({ 'viewer-request': `function handler(event) {${code}}` });

  it('get the documented event', async () => {
    const distribution = request('console.log(JSON.stringify(event)); return event.request;');
    const headers = {
      accept: ['text/html', '*/*'],
      cookie: ['a=1; b=2'],
      'cloudfront-viewer-country': ['US'],
      'x-local-viewer-ip': ['203.0.113.9'],
      'x-local-viewer-country': ['DE'],
      connection: ['keep-alive'],
    };
    const { headers: answered } = await get('/abc%20d?a=1&a=2&b', headers, distribution);
    expect(JSON.parse(logged[0]?.replace('viewer-request: ', '') ?? '')).toEqual({
      version: '1.0',
      context: {
        distributionDomainName: expect.stringMatching(/\.cloudfront\.net$/),
        distributionId: expect.any(String),
        eventType: 'viewer-request',
        requestId: answered['x-amz-cf-id']?.[0],
      },
      viewer: { ip: '203.0.113.9' },
      request: {
        method: 'GET',
        uri: '/abc%20d',
        querystring: {
          a: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] },
          b: { value: '' },
        },
        headers: {
          host: { value: 'hop.example' },
          accept: {
            value: 'text/html',
            multiValue: [{ value: 'text/html' }, { value: '*/*' }],
          },
          'cloudfront-viewer-country': { value: 'DE' },
        },
        cookies: { a: { value: '1' }, b: { value: '2' } },
      },
    });
  });

  it('change headers, path and query of what goes to the origin', async () => {
    const distribution = request(`
      var request = event.request;
      delete request.headers.referer;
      request.headers['x-hop-viewer'] = { value: request.headers.host.value };
      request.uri = '/changed';
      request.querystring.a = { value: '9' };
      return request;`);
    await get('/abc?a=1', { referer: ['x'], 'x-hop-viewer': ['spoofed'] }, distribution);
    expect(seen[0]).toMatchObject({
      path: '/changed',
      query: 'a=9',
      headers: { 'x-hop-viewer': ['hop.example'] },
    });
    expect(seen[0]?.headers.referer).toBeUndefined();
  });

  it('leave the raw query alone where they do not touch it', async () => {
    await get('/abc?a=%7B&&a', {}, request('return event.request;'));
    expect(seen[0]?.query).toBe('a=%7B&a');
  });

  it('may answer themselves', async () => {
    const distribution = request(`return {
      statusCode: 403, statusDescription: 'No', headers: { 'x-why': { value: 'rules' } },
      cookies: { c: { value: '1', attributes: 'Secure' } },
      body: { encoding: 'base64', data: 'aGk=' } };`);
    const { status, headers, body } = await get('/', {}, distribution);
    expect([status, body.toString()]).toEqual([403, 'hi']);
    expect(headers).toMatchObject({
      'x-why': ['rules'],
      'set-cookie': ['c=1; Secure'],
      'x-cache': ['FunctionGeneratedResponse from cloudfront'],
    });
    expect(seen).toEqual([]);
  });

  it('may be async', async () => {
    const code = `async function handler(event) {
      event.request.uri = await Promise.resolve('/later'); return event.request; }`;
    await get('/', {}, withFunctions({ 'viewer-request': code }));
    expect(seen[0]?.path).toBe('/later');
  });

  it('see the clock stand still', async () => {
    const distribution = request(`
      console.log(JSON.stringify([Date.now(), new Date().getTime(), new Date(5).getTime()]));
      return event.request;`);
    await get('/', {}, distribution);
    expect(logged).toEqual([`viewer-request: [${clock.now()},${clock.now()},5]`]);
  });

  it.each([
    ['throws', 'throw new Error("x");'],
    ['never ends', 'for (;;);'],
    ['never ends and catches all', 'for (;;) try { for (;;); } catch (e) {}'],
    ['recurs for ever', 'var f = (n) => f(n) + 1; try { f(0) } catch (e) { for (;;); }'],
    ['never settles', 'return new Promise(() => {});'],
    ['evaluates text', 'eval("1");'],
    ['makes a function of text', 'new Function("return 1")();'],
    ['sets a timer', 'setTimeout(() => {}, 1);'],
    ['looks at the process', 'process.exit();'],
    ['loads a module', 'require("fs");'],
    ['calls the network', 'fetch("http://127.0.0.1");'],
    ['uses what the runtime lacks', 'new Map();'],
    ['uses a method that the runtime lacks', '[1, [2]].flat();'],
  ])('answer 503 when the code %s', async (_, code) => {
    const { status, headers } = await get('/', {}, request(`${code} return event.request;`));
    expect(status).toBe(503);
    expect(headers['x-cache']).toEqual(['FunctionExecutionError from cloudfront']);
    expect(seen).toEqual([]);
    expect(logged).toHaveLength(1);
  });

  it.each([
    ['edits Host', 'request.headers.host = { value: "x" };'],
    ['deletes Host', 'delete request.headers.host;'],
    ['adds Via', 'request.headers.via = { value: "x" };'],
    ['adds a hidden header', 'request.headers["x-edge-location"] = { value: "x" };'],
    ['writes a header in upper case', 'request.headers["X-A"] = { value: "x" };'],
    ['sets a number', 'request.headers.a = { value: 1 };'],
    ['breaks a line', 'request.headers.a = { value: "1\\n2" };'],
    ['changes the method', 'request.method = "POST";'],
    ['loses the slash', 'request.uri = "abc";'],
    ['puts a query in the path', 'request.uri = "/a?b";'],
    ['returns nothing', 'return;'],
    ['answers with a text for a status', 'return { statusCode: "200" };'],
    ['answers with a broken body', 'return { statusCode: 200, body: { data: 1 } };'],
  ])('answer 502 when the code %s', async (_, code) => {
    const body = `var request = event.request; ${code} return request;`;
    const { status, headers } = await get('/', {}, request(body));
    expect(status).toBe(502);
    expect(headers['x-cache']).toEqual(['FunctionValidationError from cloudfront']);
    expect(seen).toEqual([]);
  });

  it('have the modules and globals of the runtime', async () => {
    const distribution = request(`
      var hash = require('crypto').createHash('sha256').update('x').digest('hex').slice(0, 4);
      var query = require('querystring').parse('a=1').a;
      console.log([hash, query, Buffer.from('x').toString('base64'), btoa('x'), atob('eA==')].join());
      return event.request;`);
    await get('/', {}, distribution);
    expect(logged).toEqual(['viewer-request: 2d71,1,eA==,eA==,x']);
  });

  it('are refused above 10 KB, without a handler and with broken syntax', () => {
    const handler = 'function handler(e) { return e.request; }';
    const sized = (bytes: number) => handler + ' '.repeat(bytes - handler.length);
    expect(() => withFunctions({ 'viewer-request': sized(10_240) })).not.toThrow();
    expect(() => withFunctions({ 'viewer-request': sized(10_241) })).toThrow(/10241 bytes/);
    expect(() => withFunctions({ 'viewer-request': 'var x = 1;' })).toThrow(/handler/);
    expect(() => withFunctions({ 'viewer-request': 'function (' })).toThrow(SyntaxError);
  });
});

describe('viewer-response functions', () => {
  const code = `function handler(event) {
    var response = event.response;
    response.headers['x-seen'] = { value: event.context.eventType + ' ' + response.statusCode };
    response.headers['cache-control'] = { value: 'private' };
    return response;
  }`;

  it('change the answer', async () => {
    originResponse.headers['set-cookie'] = ['a=1; Path=/', 'b=2'];
    const { headers, body } = await get('/', {}, withFunctions({ 'viewer-response': code }));
    expect(headers).toMatchObject({
      location: ['https://example.com/'],
      'x-seen': ['viewer-response 302'],
      'cache-control': ['private'],
      'set-cookie': ['a=1; Path=/', 'b=2'],
    });
    expect(body.toString()).toBe('moved');
  });

  it('may replace status and body', async () => {
    const replaced = `function handler(event) {
      var r = event.response; r.statusCode = 200; r.body = 'new'; return r; }`;
    const { status, body } = await get('/', {}, withFunctions({ 'viewer-response': replaced }));
    expect([status, body.toString()]).toEqual([200, 'new']);
  });

  it.each([[400], [404], [410], [500]])('do not run when the origin answers %i', async (status) => {
    originResponse.status = status;
    const { headers } = await get('/', {}, withFunctions({ 'viewer-response': code }));
    expect(headers['x-seen']).toBeUndefined();
    expect(headers['x-cache']).toEqual(['Error from cloudfront']);
  });

  it('answer 503 when they throw', async () => {
    const broken = 'function handler() { throw new Error("x"); }';
    const { status } = await get('/', {}, withFunctions({ 'viewer-response': broken }));
    expect(status).toBe(503);
  });
});

describe('handle', () => {
  /** Sends bytes as they are and gives back all that is answered. */
  const exchange = async (bytes: string): Promise<string> => {
    const distribution = create();
    const server = createServer((req, res) => void distribution.handle(req, res));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.end(bytes, 'latin1');
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    server.close();
    return answer;
  };

  it('answers over HTTP', async () => {
    const answer = await exchange('GET /abc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 302 /);
    expect(answer).toMatch(/\r\nlocation: https:\/\/example\.com\/\r\n/i);
    expect(answer).toMatch(/\r\ncontent-length: 5\r\n/i);
    expect(answer).toMatch(/\r\n\r\nmoved$/);
  });

  it('answers HEAD without a body', async () => {
    const answer = await exchange('HEAD /abc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(seen[0]?.method).toBe('HEAD');
    expect(answer).toMatch(/^HTTP\/1\.1 302 /);
    expect(answer).toMatch(/\r\n\r\n$/);
  });

  it('keeps repeated headers', async () => {
    await exchange(
      'GET /v1/x HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-A: 2\r\nConnection: close\r\n\r\n',
    );
    expect(seen[0]?.headers['x-a']).toEqual(['1', '2']);
  });

  it.each([
    ['a broken escape', 'GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['a null byte', 'GET /a\0b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['no HTTP at all', 'hello\r\n\r\n'],
  ])('answers 400 to %s', async (_, bytes) => {
    expect(await exchange(bytes)).toMatch(/^HTTP\/1\.1 400 /);
    expect(seen).toEqual([]);
  });
});
