import { describe, expect, it } from 'vitest';
import { fieldsOf, setUpPolicy } from '../call-limit-routes.ts';

const path = '/v1/limits/login/overrides/ada';

const setUp = async (policy?: unknown) => {
  const routes = await setUpPolicy(policy);
  return { ...routes, override: (body: unknown) => routes.call('PUT', path, { body }) };
};

const hourAndBurst = {
  limits: [
    { name: 'hour', algorithm: 'fixed-window', limit: 10, windowSeconds: 3600 },
    { name: 'burst', limit: 10, windowSeconds: 3600, burst: 2 },
  ],
};

describe('overrides', () => {
  it('give one key other limits at once, and the burst follows the limit as it does without', async () => {
    const { check, override } = await setUp();
    await check({});
    expect((await override({ limit: 50 })).status).toBe(201);
    expect((await check({})).body).toMatchObject({ limit: 50, remaining: 49 });
    expect((await check({ key: 'bob' })).body).toMatchObject({ limit: 5, remaining: 4 });
    expect((await override({ limit: 60 })).status).toBe(200);
    expect((await check({})).body).toMatchObject({ limit: 60 });
  });

  it('lower, shadow and lengthen too', async () => {
    const { check, override } = await setUp();
    await override({ limit: 1, windowSeconds: 120, mode: 'shadow' });
    await check({});
    expect((await check({})).body).toMatchObject({ allowed: true, reason: 'shadowed', limit: 1 });
  });

  it('of several limits go by name', async () => {
    const { check, override } = await setUp(hourAndBurst);
    expect((await override({ limits: { burst: { burst: 4 } } })).status).toBe(201);
    expect((await check({ cost: 4 })).body.allowed).toBe(true);
    expect((await check({ cost: 4, key: 'bob' })).status).toBe(422);
  });

  it('hold where the key is the wider one', async () => {
    const { call, check, override } = await setUp({ limit: 1, windowSeconds: 60 });
    await call('PUT', '/v1/limits/member', { body: { limit: 9, windowSeconds: 60 } });
    await override({ limit: 2 });
    const within = [{ policy: 'login', key: 'ada' }];
    expect((await check({ key: 'm1', within }, 'member')).body.allowed).toBe(true);
    expect((await check({ key: 'm2', within }, 'member')).body.allowed).toBe(true);
    expect((await check({ key: 'm3', within }, 'member')).body.allowed).toBe(false);
  });

  it('are shown, listed and deleted', async () => {
    const { call, check, override } = await setUp();
    await override({ limit: 50 });
    const shown = { policy: 'login', key: 'ada', id: 'ada', limit: 50 };
    expect((await call('GET', path)).body).toMatchObject(shown);
    expect((await call('GET', '/v1/limits/login/overrides')).body.data).toMatchObject([shown]);
    expect((await call('GET', '/v1/limits/login')).body.overrides).toBe(1);
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('DELETE', path)).status).toBe(404);
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('GET', '/v1/limits/login')).body.overrides).toBe(0);
    expect((await check({})).body.limit).toBe(5);
  });

  it('are of this workspace only', async () => {
    const { call, override } = await setUp();
    await override({ limit: 50 });
    const other = { workspace: 'other' };
    for (const method of ['GET', 'DELETE'])
      expect((await call(method, path, other)).status).toBe(404);
    expect((await call('PUT', path, { ...other, body: { limit: 1 } })).status).toBe(404);
    expect((await call('GET', '/v1/limits/login/overrides', other)).status).toBe(404);
  });

  it.each(['tenant/7', 'a b', '~tilde', 'ü', '..', 'x'.repeat(1024), '%2F'])(
    'are for any key, by its base64url in the path: %s',
    async (key) => {
      const { call, check } = await setUp();
      const id = `~${Buffer.from(key).toString('base64url')}`;
      const made = await call('PUT', `/v1/limits/login/overrides/${id}`, { body: { limit: 50 } });
      expect(made.body.key).toBe(key);
      expect([id, key]).toContain(made.body.id);
      expect((await check({ key })).body.limit).toBe(50);
    },
  );

  it.each<[string, unknown, string[]]>([
    ['nothing', {}, ['body']],
    ['a limit of 0', { limit: 0 }, ['limit']],
    ['a fraction', { limit: 1.5 }, ['limit']],
    ['a negative burst', { burst: -1 }, ['burst']],
    ['a window of 0', { windowSeconds: 0 }, ['windowSeconds']],
    ['a mode that is none', { mode: 'off' }, ['mode']],
    ['an unknown field', { limit: 5, onFailure: 'open' }, ['onFailure']],
    ['a limit that is none', { limits: { hour: { limit: 5 } } }, ['limits.hour']],
    ['a limit by name that is 0', { limits: { login: { limit: 0 } } }, ['limits.login.limit']],
    ['both forms', { limit: 5, limits: { login: { limit: 5 } } }, ['limit']],
    ['no names', { limits: {} }, ['limits']],
    ['a prototype', '{"limits":{"__proto__":{"limit":5}}}', ['limits']],
  ])('refuse %s by its name', async (_, body, fields) => {
    const { override } = await setUp();
    const answer = await override(body);
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer.body)).toEqual(fields);
  });

  it('refuse the flat form where there are several limits, and say how to write it', async () => {
    const { override } = await setUp(hourAndBurst);
    const answer = await override({ limit: 5 });
    expect(fieldsOf(answer.body)).toEqual(['limit']);
    expect(answer.body.detail).toContain('{"limits": {"hour"');
  });

  it('refuse a burst where the limit has none', async () => {
    const { override } = await setUp({ algorithm: 'fixed-window', limit: 5, windowSeconds: 60 });
    expect(fieldsOf((await override({ burst: 5 })).body)).toEqual(['burst']);
  });

  it('refuse a key in the path that is none', async () => {
    const { call } = await setUp();
    const put = (id: string) =>
      call('PUT', `/v1/limits/login/overrides/${id}`, { body: { limit: 5 } });
    for (const id of ['~', '~a', '~!', 'x'.repeat(1025), '\u0001']) {
      const answer = await put(id);
      expect([answer.status, fieldsOf(answer.body)]).toEqual([422, ['key']]);
    }
  });
});
