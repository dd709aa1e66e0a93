import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../local/start-cloud.ts';
import { type ApiClient, apiClient } from '../support/api-client.ts';

/** Whatever else answers without a key is a hole. */
const publicRoutes = ['GET /health', '$default'];

const wrongKeys: readonly Record<string, string>[] = [
  {},
  { authorization: 'Bearer hg_dev_0_0' },
  { 'x-api-key': 'x' },
];

let cloud: Cloud;
let client: ApiClient;
beforeAll(async () => {
  cloud = await startCloud({ memory: true });
  client = apiClient(cloud);
});
afterAll(async () => cloud.stop());

const splitRoute = (route: string): { method: string; path: string } => {
  const [method = '', path = ''] = route.split(' ');
  return {
    method: method === 'ANY' ? 'POST' : method,
    path: path.replace('{proxy+}', 'any/thing').replaceAll(/\{\w+\}/g, 'abc'),
  };
};

describe('every route of the template', () => {
  it('needs a key unless it is listed as public', async () => {
    const routes = cloud.routes();
    expect(routes.length).toBeGreaterThanOrEqual(10);
    for (const route of routes.filter((key) => !publicRoutes.includes(key))) {
      const { method, path } = splitRoute(route);
      const body = method === 'GET' || method === 'DELETE' ? undefined : '{}';
      for (const headers of wrongKeys) {
        const answer = await client.call(path, {
          method,
          headers,
          withKey: false,
          ...(body && { body }),
        });
        expect(answer.status, route).toBe(401);
        expect(answer.headers.get('www-authenticate'), route).toContain('Bearer');
        expect(answer.json.code).toBe('unauthenticated');
      }
    }
  });

  it('is closed to whoever comes past the distribution', async () => {
    for (const route of cloud.routes()) {
      const { method, path } =
        route === '$default' ? { method: 'GET', path: '/abc' } : splitRoute(route);
      for (const secret of [undefined, '', 'guess']) {
        const { status } = await cloud.callOrigin({
          method,
          path,
          ...(secret !== undefined && { originSecret: secret }),
        });
        expect(status, route).toBe(403);
      }
    }
  });
});
