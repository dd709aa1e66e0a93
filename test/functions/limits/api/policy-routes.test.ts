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
