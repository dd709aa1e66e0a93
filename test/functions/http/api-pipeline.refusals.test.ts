import { describe, expect, it } from 'vitest';
import type { EventOptions } from '../../support/gateway-event.ts';
import { create, post, setUpApi } from './example-api.ts';

describe('createApiHandler', () => {
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
      const answer = await setUpApi().call(options);
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
    const { json } = await setUpApi().call(post('{"tags":["a",1],"ulr":"b"}'));
    expect(json.errors).toEqual(
      expect.arrayContaining([
        { field: 'url', code: 'required', detail: expect.any(String) },
        { field: 'tags[1]', code: 'wrong-type', detail: expect.any(String) },
        { field: 'ulr', code: 'unknown-field', detail: expect.any(String) },
      ]),
    );
  });

  it('says which methods a known path answers', async () => {
    const { headers } = await setUpApi().call({ method: 'DELETE', path: '/v1/links' });
    expect(headers?.allow).toBe('POST');
  });

  it.each([
    ['PATCH', '/v1/limits/login/check', 'POST'],
    ['GET', '/v1/links', 'POST'],
    ['HEAD', '/v1/links/abc', 'GET'],
    ['OPTIONS', '/v1/links/abc/', 'GET'],
  ])('answers %s %s with 405 and allows %s, but only with a key', async (method, path, allow) => {
    const { call } = setUpApi();
    const { statusCode, headers, json } = await call({ method, path });
    expect([statusCode, headers?.allow, json.code]).toEqual([405, allow, 'method-not-allowed']);
    const anonymous = await call({ method, path, headers: { authorization: '' } });
    expect([anonymous.statusCode, anonymous.headers?.allow]).toEqual([401, undefined]);
  });
});
