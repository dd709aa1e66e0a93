import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../local/http-api/routes.ts';

const keys = [
  '$default',
  'ANY /v1/{proxy+}',
  'GET /v1/links/{id}',
  'GET /v1/links/new',
  'GET /v1/links/{id}/stats',
  'POST /v1/links',
  'ANY /v1',
  'ANY /v1/links/{id}/stats',
  'ANY /v1/limits',
  'ANY /v1/limits/{proxy+}',
  'GET /v1/limits',
  'PUT /v1/limits/{policy}',
  'POST /v1/limits/check',
  'GET /v2/{kind}/list',
  'GET /v2/links/{proxy+}',
];
const find = createRouter(keys.map((key) => ({ key, target: key, timeoutMs: 1000 })));
const matched = (method: string, path: string) => {
  const match = find(method, path);
  return [match?.route.key, match?.parameters];
};

describe('createRouter', () => {
  it.each([
    ['POST', '/v1/links', 'POST /v1/links', {}],
    ['GET', '/v1/links/abc', 'GET /v1/links/{id}', { id: 'abc' }],
    ['GET', '/v1/links/new', 'GET /v1/links/new', {}],
    ['GET', '/v1/links/abc/stats', 'GET /v1/links/{id}/stats', { id: 'abc' }],
    ['PUT', '/v1/links', 'ANY /v1/{proxy+}', { proxy: 'links' }],
    ['GET', '/v1/links/abc/other', 'ANY /v1/{proxy+}', { proxy: 'links/abc/other' }],
    ['GET', '/v1/links/', 'ANY /v1/{proxy+}', { proxy: 'links/' }],
    ['DELETE', '/v1', 'ANY /v1', {}],
    ['PUT', '/v1/links/abc/stats', 'ANY /v1/links/{id}/stats', { id: 'abc' }],
    ['GET', '/v1/limits', 'GET /v1/limits', {}],
    ['POST', '/v1/limits', 'ANY /v1/limits', {}],
    ['PUT', '/v1/limits/check', 'PUT /v1/limits/{policy}', { policy: 'check' }],
    ['POST', '/v1/limits/a', 'ANY /v1/limits/{proxy+}', { proxy: 'a' }],
    ['PATCH', '/v1/limits/a/check', 'ANY /v1/limits/{proxy+}', { proxy: 'a/check' }],
    ['GET', '/v1/limits/', 'ANY /v1/{proxy+}', { proxy: 'limits/' }],
    ['GET', '/v2/links/list', 'GET /v2/{kind}/list', { kind: 'links' }],
    ['GET', '/v2/links/other', 'GET /v2/links/{proxy+}', { proxy: 'other' }],
    ['GET', '/v1/', '$default', {}],
    ['GET', '/', '$default', {}],
    ['GET', '/v10', '$default', {}],
  ])('sends %s %s to %s', (method, path, key, parameters) => {
    expect(matched(method, path)).toEqual([key, parameters]);
  });

  it('finds nothing where there is no $default', () => {
    const route = { key: 'GET /v1/links', target: 'x', timeoutMs: 1 };
    expect(createRouter([route])('GET', '/other')).toBeUndefined();
  });
});
