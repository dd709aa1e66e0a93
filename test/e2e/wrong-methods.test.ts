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

describe('a method that a path does not answer', () => {
  it.each([
    ['PUT', '/v1/links', 'POST, GET'],
    ['POST', '/v1/links/abc', 'GET, PATCH, DELETE'],
    ['POST', '/v1/links/abc/stats', 'GET'],
    ['POST', '/v1/limits', 'GET'],
    ['PATCH', '/v1/limits/login', 'PUT, GET, DELETE'],
    ['PATCH', '/v1/limits/check', 'PUT, GET, DELETE, POST'],
    ['PATCH', '/v1/limits/login/check', 'POST, GET, DELETE'],
    ['DELETE', '/v1/limits/login/renew', 'POST'],
    ['POST', '/v1/limits/login/overrides', 'GET'],
    ['POST', '/v1/limits/login/overrides/YQ', 'PUT, GET, DELETE'],
    ['HEAD', '/v1/limits', 'GET'],
    ['OPTIONS', '/v1/limits/login/check', 'POST, GET, DELETE'],
  ])('is refused with those that it does: %s %s', async (method, path, allow) => {
    const { status, headers } = await client.call(path, { method });
    expect([status, headers.get('allow')]).toEqual([405, allow]);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect((await client.call(path, { method, withKey: false })).status).toBe(401);
  });

  it.each(['/health', '/health/detailed'])('needs no key at %s', async (path) => {
    const { status, headers } = await client.call(path, { method: 'POST', withKey: false });
    expect(status).toBe(405);
    expect(headers.get('allow')).toContain('GET');
  });
});

describe('a path that is not there', () => {
  it.each(['/v1/limits/login/nothing', '/v1/links/abc/nothing', '/v1/nothing', '/v1'])(
    'is not found: %s',
    async (path) => {
      const { status, json } = await client.call(path, { method: 'POST' });
      expect(status).toBe(404);
      expect(json).toMatchObject({ code: 'not-found', detail: `There is nothing at ${path}.` });
      expect((await client.call(path, { method: 'POST', withKey: false })).status).toBe(401);
    },
  );
});
