import { describe, expect, it } from 'vitest';
import {
  decodePath,
  type OriginRequest,
  toEvent,
  toResponse,
} from '../../../local/http-api/event.ts';

const request: OriginRequest = {
  method: 'POST',
  path: '/v1/links/caf%C3%A9',
  query: 'a=1&b=x%20y&a=2&flag',
  headers: {
    accept: ['text/html', 'application/json'],
    'content-type': ['application/json'],
    cookie: ['one=1; two=2'],
    'user-agent': ['test'],
  },
  body: Buffer.from('{"é":1}'),
  sourceIp: '192.0.2.1',
};
const match = {
  route: { key: 'POST /v1/links/{id}', target: 'arn', timeoutMs: 1000 },
  parameters: { id: 'café' },
};
const api = { id: 'api1', domainName: 'api1.execute-api.eu-central-1.amazonaws.com' };
const now = Date.UTC(2026, 10, 23, 9, 5, 7);
const eventOf = (changes: Partial<OriginRequest> = {}) =>
  toEvent({ ...request, ...changes }, match, api, now);

describe('decodePath', () => {
  it.each([
    ['/plain', '/plain'],
    ['/a%20b', '/a b'],
    ['/%E2%9C%93', '/✓'],
    ['/a%2Fb', '/a/b'],
    ['/a%3Fb', '/a'],
    ['/%FF', '/\ufffd'],
    ['/100%', undefined],
    ['/a%2', undefined],
    ['/a%zz', undefined],
  ])('reads %s as %s', (path, expected) => {
    expect(decodePath(path)).toBe(expected);
  });
});

describe('toEvent', () => {
  it('has the shape of payload format 2.0', () => {
    expect(eventOf()).toEqual({
      version: '2.0',
      routeKey: 'POST /v1/links/{id}',
      rawPath: '/v1/links/café',
      rawQueryString: 'a=1&b=x%20y&a=2&flag',
      cookies: ['one=1', 'two=2'],
      headers: {
        accept: 'text/html,application/json',
        'content-type': 'application/json',
        'user-agent': 'test',
      },
      queryStringParameters: { a: '1,2', b: 'x y', flag: '' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'api1',
        domainName: api.domainName,
        domainPrefix: 'api1',
        http: {
          method: 'POST',
          path: '/v1/links/café',
          protocol: 'HTTP/1.1',
          sourceIp: '192.0.2.1',
          userAgent: 'test',
        },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        routeKey: 'POST /v1/links/{id}',
        stage: '$default',
        time: '23/Nov/2026:09:05:07 +0000',
        timeEpoch: now,
      },
      pathParameters: { id: 'café' },
      body: '{"é":1}',
      isBase64Encoded: false,
    });
  });

  it('leaves out what there is none of', () => {
    const event = toEvent(
      { ...request, query: '', headers: {}, body: Buffer.alloc(0) },
      { ...match, parameters: {} },
      api,
      now,
    );
    for (const name of ['body', 'cookies', 'pathParameters', 'queryStringParameters']) {
      expect(event).not.toHaveProperty(name);
    }
  });

  it.each([
    ['image/png', true],
    ['application/x-www-form-urlencoded', true],
    [undefined, true],
    ['text/plain;charset=utf-8', false],
    ['application/problem+json', false],
  ])('passes a body of type %s in base64: %s', (type, isBase64Encoded) => {
    const headers: OriginRequest['headers'] = type === undefined ? {} : { 'content-type': [type] };
    const body = Buffer.from('content');
    const expected = body.toString(isBase64Encoded ? 'base64' : 'utf8');
    expect(eventOf({ headers, body })).toMatchObject({ body: expected, isBase64Encoded });
  });
});

describe('toResponse', () => {
  it('takes status, headers, cookies and body', () => {
    const response = toResponse({
      statusCode: 201,
      headers: { Location: '/x', 'x-count': 3 },
      cookies: ['a=1', 'b=2'],
      body: 'made',
    });
    expect(response).toEqual({
      status: 201,
      headers: {
        location: ['/x'],
        'x-count': ['3'],
        'set-cookie': ['a=1', 'b=2'],
        'content-type': ['text/plain;charset=utf-8'],
      },
      body: Buffer.from('made'),
    });
  });

  it('decodes a body in base64', () => {
    const body = Buffer.from([0, 255]).toString('base64');
    expect(toResponse({ statusCode: 200, body, isBase64Encoded: true }).body).toEqual(
      Buffer.from([0, 255]),
    );
  });

  it('takes an answer without a status for the body of a 200', () => {
    expect(toResponse({ hello: 'world' })).toEqual({
      status: 200,
      headers: { 'content-type': ['application/json'] },
      body: Buffer.from('{"hello":"world"}'),
    });
  });

  it.each([
    ['a status out of range', { statusCode: 99 }],
    ['a status that is no number', { statusCode: 'ok' }],
    ['a body that is no text', { statusCode: 200, body: {} }],
    ['a header that is a list', { statusCode: 200, headers: { a: ['b'] } }],
    ['cookies that are no list', { statusCode: 200, cookies: 'a=1' }],
  ])('answers %s with an internal error', (_, payload) => {
    const { status, body } = toResponse(payload);
    expect([status, body.toString()]).toEqual([500, '{"message":"Internal Server Error"}']);
  });
});
