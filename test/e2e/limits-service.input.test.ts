import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../local/start-cloud.ts';
import { apiClient } from '../support/api-client.ts';
import { type LimitsClient, limitsClient } from '../support/limits-client.ts';

let cloud: Cloud;
let limits: LimitsClient;
beforeAll(async () => {
  cloud = await startCloud({ memory: true });
  limits = limitsClient(apiClient(cloud));
});
afterAll(async () => cloud.stop());

describe('bad input', () => {
  const long = 'x'.repeat(10_240);
  const bucket = { limit: 5, windowSeconds: 60 };
  const cases: readonly [string, string, string, unknown, number][] = [
    ['an unknown policy', 'POST', '/v1/limits/nobody/check', { key: 'a' }, 404],
    ['a policy name of 300 bytes', 'GET', `/v1/limits/${'x'.repeat(300)}`, undefined, 404],
    ['a policy name with spaces', 'PUT', '/v1/limits/a%20b', bucket, 422],
    ['a policy name with quotes', 'PUT', '/v1/limits/%22%27%3B', bucket, 422],
    ['no key', 'POST', '/v1/limits/bad/check', {}, 422],
    ['an empty key', 'POST', '/v1/limits/bad/check', { key: '' }, 422],
    ['a key of 10 KB', 'POST', '/v1/limits/bad/check', { key: long }, 422],
    ['a null byte', 'POST', '/v1/limits/bad/check', { key: 'a\u0000b' }, 422],
    ['half a character', 'POST', '/v1/limits/bad/check', '{"key":"\\ud800"}', 422],
    ['a key that is a list', 'POST', '/v1/limits/bad/check', { key: ['a'] }, 422],
    ['a negative cost', 'POST', '/v1/limits/bad/check', { key: 'a', cost: -1 }, 422],
    ['half a unit', 'POST', '/v1/limits/bad/check', { key: 'a', cost: 0.1 }, 422],
    ['more than the burst', 'POST', '/v1/limits/bad/check', { key: 'a', cost: 6 }, 422],
    ['an endless cost', 'POST', '/v1/limits/bad/check', '{"key":"a","cost":1e999}', 422],
    ['a cost as text', 'POST', '/v1/limits/bad/check', { key: 'a', cost: '1' }, 422],
    ['an unknown field', 'POST', '/v1/limits/bad/check', { key: 'a', x: 1 }, 422],
    ['a prototype', 'POST', '/v1/limits/bad/check', '{"key":"a","__proto__":{"cost":9}}', 422],
    ['no JSON', 'POST', '/v1/limits/bad/check', '{', 400],
    ['a body of 1 MB', 'POST', '/v1/limits/bad/check', { key: 'x'.repeat(1_000_000) }, 413],
    ['21 checks', 'POST', '/v1/limits/check', { checks: Array(21).fill({}) }, 422],
    ['deep nesting', 'POST', '/v1/limits/check', '{"checks":'.repeat(5000), 400],
    ['a peek without a key', 'GET', '/v1/limits/bad/check', undefined, 422],
    ['a peek at half a unit', 'GET', '/v1/limits/bad/check?key=a&cost=.5', undefined, 422],
    ['a reset without a key', 'DELETE', '/v1/limits/bad/check', undefined, 422],
    [
      'a refund of more than all',
      'POST',
      '/v1/limits/bad/refund',
      { key: 'a', requestId: 'r', units: 2 },
      422,
    ],
    ['a reservation of nothing', 'POST', '/v1/limits/bad/reserve', { key: 'a', cost: 0 }, 422],
    [
      'a release of what is no lease',
      'POST',
      '/v1/limits/bad/release',
      { key: 'a', requestId: 'r' },
      409,
    ],
    ['a limit of 0', 'PUT', '/v1/limits/worse', { ...bucket, limit: 0 }, 422],
    ['a limit beyond all', 'PUT', '/v1/limits/worse', { ...bucket, limit: 1e300 }, 422],
    ['no windowSeconds', 'PUT', '/v1/limits/worse', { limit: 5 }, 422],
    ['an algorithm that is none', 'PUT', '/v1/limits/worse', { ...bucket, algorithm: 'x' }, 422],
    ['an empty override', 'PUT', '/v1/limits/bad/overrides/a', {}, 422],
    [
      'an override of another limit',
      'PUT',
      '/v1/limits/bad/overrides/a',
      { limits: { x: {} } },
      422,
    ],
    ['an override of no policy', 'PUT', '/v1/limits/nobody/overrides/a', { limit: 1 }, 404],
    [
      'a key in the path that is no base64url',
      'PUT',
      '/v1/limits/bad/overrides/~!',
      { limit: 1 },
      422,
    ],
    ['a method that is not there', 'PATCH', '/v1/limits/bad', {}, 405],
  ];

  it.each(cases)(
    '%s is refused, and never a fault of ours',
    async (_, method, path, body, status) => {
      await limits.put('bad', bucket);
      const answer = await limits.call(path, { method, ...(body !== undefined && { body }) });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      if (status === 422) expect(answer.json.errors[0].field).toMatch(/\w/);
    },
  );
});
