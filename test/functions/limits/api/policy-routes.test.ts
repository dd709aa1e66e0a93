import { describe, expect, it } from 'vitest';
import { fieldsOf, setUpLimitRoutes } from '../call-limit-routes.ts';

const flat = { limit: 5, windowSeconds: 60 };

describe('PUT /v1/limits/{policy}', () => {
  it('makes a policy with sensible defaults', async () => {
    const { put } = setUpLimitRoutes();
    const answer = await put(flat);
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ etag: '"1"', location: '/v1/limits/login' });
    expect(answer.body).toEqual({
      policy: 'login',
      algorithm: 'token-bucket',
      limit: 5,
      windowSeconds: 60,
      burst: 5,
      mode: 'enforce',
      onFailure: 'open',
      refundable: true,
      leased: false,
      shards: 1,
      insuranceDivisor: 10,
      overrides: 0,
      version: 1,
      createdAt: '2026-01-01T12:00:00.000Z',
      updatedAt: '2026-01-01T12:00:00.000Z',
    });
  });

  it.each([
    ['fixed-window', { limit: 5, windowSeconds: 60 }, { refundable: true }],
    ['sliding-window', { limit: 5, windowSeconds: 60 }, { refundable: true }],
    ['leaky-bucket', { limit: 5, windowSeconds: 60, burst: 2 }, { refundable: true }],
    ['token-bucket', { limit: 5, windowSeconds: 60, burst: 2, hardCap: true }, {}],
    ['concurrency', { limit: 5 }, { refundable: false, leaseSeconds: 60 }],
    ['token-bucket', { limit: 5, windowSeconds: 1, leased: true }, { refundable: false }],
    ['fixed-window', { limit: 64, windowSeconds: 1, shards: 4 }, { shards: 4 }],
  ])('takes a %s of %j', async (algorithm, members, expected) => {
    const { put } = setUpLimitRoutes();
    const answer = await put({ algorithm, ...members });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ algorithm, ...members, ...expected });
  });

  it('takes several limits at once', async () => {
    const { put, call } = setUpLimitRoutes();
    const limits = [
      { name: 'hour', algorithm: 'fixed-window', limit: 1000, windowSeconds: 3600 },
      { name: 'burst', limit: 1000, windowSeconds: 3600, burst: 100 },
    ];
    expect((await put({ limits, mode: 'shadow' })).status).toBe(201);
    const { body } = await call('GET', '/v1/limits/login');
    expect(body).toMatchObject({
      limits: [limits[0], { ...limits[1], algorithm: 'token-bucket' }],
      mode: 'shadow',
    });
    expect(body).not.toHaveProperty('limit');
  });

  it('is idempotent: the same again changes nothing, something else is a version', async () => {
    const { put } = setUpLimitRoutes();
    await put(flat);
    const again = await put(flat);
    expect([again.status, again.headers.etag]).toEqual([200, '"1"']);
    const other = await put({ ...flat, limit: 6 });
    expect([other.status, other.headers.etag, other.body.limit]).toEqual([200, '"2"', 6]);
  });

  it('heeds If-Match', async () => {
    const { call, put } = setUpLimitRoutes();
    const change = (tag: string) =>
      call('PUT', '/v1/limits/login', {
        body: { ...flat, limit: 6 },
        headers: { 'if-match': tag },
      });
    expect((await change('*')).status).toBe(412);
    await put(flat);
    expect((await change('"2"')).status).toBe(412);
    expect((await change('W/"1"')).status).toBe(412);
    expect(fieldsOf((await change('1')).body)).toEqual(['If-Match']);
    expect((await change('"1"')).status).toBe(200);
  });

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

  it('says what to do when a workspace has as many as it may', async () => {
    const { put } = setUpLimitRoutes({ mostPolicies: 2 });
    expect((await put(flat, 'a')).status).toBe(201);
    expect((await put(flat, 'b')).status).toBe(201);
    const refused = await put(flat, 'c');
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain('overrides');
    expect((await put({ ...flat, limit: 7 }, 'b')).status).toBe(200);
  });

  it('keeps settings that an override does not fit from being written', async () => {
    const { call, put } = setUpLimitRoutes();
    await put(flat);
    await call('PUT', '/v1/limits/login/overrides/ada', { body: { burst: 50 } });
    const refused = await put({ ...flat, algorithm: 'fixed-window' });
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain('"ada"');
    await call('DELETE', '/v1/limits/login/overrides/ada');
    expect((await put({ ...flat, algorithm: 'fixed-window' })).status).toBe(200);
  });
});

describe('GET and DELETE /v1/limits', () => {
  it('lists, shows and deletes the policies of the workspace', async () => {
    const { call, put } = setUpLimitRoutes();
    await put(flat, 'b');
    await put(flat, 'a');
    const { body } = await call('GET', '/v1/limits');
    expect(body.data.map(({ policy }: { policy: string }) => policy)).toEqual(['a', 'b']);
    expect((await call('GET', '/v1/limits/a')).headers.etag).toBe('"1"');
    expect((await call('DELETE', '/v1/limits/a', { headers: { 'if-match': '"9"' } })).status).toBe(
      412,
    );
    expect((await call('DELETE', '/v1/limits/a')).status).toBe(204);
    expect((await call('DELETE', '/v1/limits/a')).status).toBe(404);
    expect((await call('GET', '/v1/limits/a')).status).toBe(404);
  });

  it('shows nothing to another workspace', async () => {
    const { call, put } = setUpLimitRoutes();
    await put(flat);
    const other = { workspace: 'other' };
    expect((await call('GET', '/v1/limits/login', other)).status).toBe(404);
    expect((await call('DELETE', '/v1/limits/login', other)).status).toBe(404);
    expect((await call('GET', '/v1/limits', other)).body).toEqual({ data: [] });
  });

  it('begins afresh when a name is used anew', async () => {
    const { call, check, put } = setUpLimitRoutes();
    await put({ limit: 1, windowSeconds: 60 });
    await call('PUT', '/v1/limits/login/overrides/bob', { body: { limit: 9 } });
    await check({});
    expect((await check({})).body.allowed).toBe(false);
    await call('DELETE', '/v1/limits/login');
    expect((await check({})).status).toBe(404);
    await put({ limit: 1, windowSeconds: 60 });
    expect((await check({})).body.allowed).toBe(true);
    expect((await check({ key: 'bob' })).body.limit).toBe(1);
    expect((await call('GET', '/v1/limits/login/overrides')).body).toEqual({ data: [] });
  });
});

describe('scopes', () => {
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
