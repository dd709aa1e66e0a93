import { describe, expect, it } from 'vitest';
import { fieldsOf, setUpLimitRoutes } from '../call-limit-routes.ts';

const flat = { limit: 5, windowSeconds: 60 };

describe('PUT /v1/limits/{policy}', () => {
  it.each<[string, unknown, string[]]>([
    ['no members', {}, ['limit', 'windowSeconds']],
    ['a limit of 0', { ...flat, limit: 0 }, ['limit']],
    ['a negative limit', { ...flat, limit: -1 }, ['limit']],
    ['half a limit', { ...flat, limit: 0.5 }, ['limit']],
    ['a limit beyond all', { ...flat, limit: 1e12 }, ['limit']],
    ['an infinite limit', '{"limit":1e999,"windowSeconds":60}', ['limit']],
    ['a limit as text', { ...flat, limit: '5' }, ['limit']],
    ['a window of 0', { ...flat, windowSeconds: 0 }, ['windowSeconds']],
    ['a window of 1,000 years', { ...flat, windowSeconds: 4e10 }, ['windowSeconds']],
    ['a burst of 0', { ...flat, burst: 0 }, ['burst']],
    ['a hard cap without room', { ...flat, hardCap: true }, ['burst']],
    ['a burst of a window', { ...flat, algorithm: 'fixed-window', burst: 3 }, ['burst']],
    ['a lease of a bucket', { ...flat, leaseSeconds: 3 }, ['leaseSeconds']],
    ['a window of a lease', { ...flat, algorithm: 'concurrency' }, ['windowSeconds']],
    ['too many leases', { algorithm: 'concurrency', limit: 1001 }, ['limit']],
    ['no algorithm of ours', { ...flat, algorithm: 'hope' }, ['algorithm']],
    ['no mode of ours', { ...flat, mode: 'off' }, ['mode']],
    ['no failure mode of ours', { ...flat, onFailure: 'panic' }, ['onFailure']],
    ['65 shards', { ...flat, shards: 65 }, ['shards']],
    ['shards with nothing in them', { ...flat, shards: 2 }, ['shards']],
    ['a leased refund', { ...flat, leased: true, refundable: true }, ['refundable']],
    ['an insurance of 0', { ...flat, insuranceDivisor: 0 }, ['insuranceDivisor']],
    ['an unknown field', { ...flat, lmit: 5 }, ['lmit']],
    ['no limits', { limits: [] }, ['limits']],
    [
      'nine limits',
      { limits: Array.from({ length: 9 }, () => ({ name: 'a', ...flat })) },
      ['limits'],
    ],
    ['a limit without a name', { limits: [flat] }, ['limits[0].name']],
    ['a name that is none', { limits: [{ name: 'A B', ...flat }] }, ['limits[0].name']],
    [
      'the second burst',
      {
        limits: [
          { name: 'a', ...flat, algorithm: 'fixed-window' },
          { name: 'b', ...flat, burst: -1 },
        ],
      },
      ['limits[1].burst'],
    ],
    [
      'two buckets',
      {
        limits: [
          { name: 'a', ...flat },
          { name: 'b', ...flat },
        ],
      },
      ['limits'],
    ],
    ['both forms', { limit: 5, limits: [{ name: 'a', ...flat }] }, ['limit']],
  ])('refuses %s by its name', async (_, body, fields) => {
    const { call } = setUpLimitRoutes();
    const answer = await call('PUT', '/v1/limits/login', { body });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer.body)).toEqual(fields);
  });

  it.each(['Login', '1a', 'a_b', 'x'.repeat(64), 'a.b', 'ä'])(
    'refuses the name %s',
    async (name) => {
      const { put } = setUpLimitRoutes();
      const answer = await put(flat, name);
      expect(answer.status).toBe(422);
      expect(fieldsOf(answer.body)).toEqual(['policy']);
    },
  );
});
