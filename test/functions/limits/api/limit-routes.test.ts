import { describe, expect, it } from 'vitest';
import { setUpLimitRoutes } from '../call-limit-routes.ts';

describe('limitRoutes', () => {
  it.each([
    ['PUT', '/v1/limits/a', 'limits:write'],
    ['DELETE', '/v1/limits/a', 'limits:write'],
    ['GET', '/v1/limits/a', 'limits:read'],
    ['GET', '/v1/limits', 'limits:read'],
    ['PUT', '/v1/limits/a/overrides/b', 'limits:write'],
    ['DELETE', '/v1/limits/a/overrides/b', 'limits:write'],
    ['GET', '/v1/limits/a/overrides/b', 'limits:read'],
    ['GET', '/v1/limits/a/overrides', 'limits:read'],
    ['POST', '/v1/limits/a/check', 'limits:check'],
    ['GET', '/v1/limits/a/check', 'limits:check'],
    ['DELETE', '/v1/limits/a/check', 'limits:write'],
    ['POST', '/v1/limits/check', 'limits:check'],
    ...['refund', 'reserve', 'commit', 'cancel', 'release', 'renew'].map(
      (verb) => ['POST', `/v1/limits/a/${verb}`, 'limits:check'] as const,
    ),
  ] as const)('%s %s needs %s', async (method, path, scope) => {
    const { call } = setUpLimitRoutes();
    const all = ['limits:read', 'limits:write', 'limits:check'] as const;
    const without = await call(method, path, {
      scopes: all.filter((each) => each !== scope),
      body: {},
    });
    expect(without.status).toBe(403);
    expect(without.body.detail).toContain(scope);
    expect((await call(method, path, { scopes: [scope], body: {} })).status).not.toBe(403);
  });
});
