import { describe, expect, it } from 'vitest';
import { fieldsOf, setUpLimitRoutes, setUpPolicy } from '../call-limit-routes.ts';

const setUp = async (policy?: unknown) => {
  const routes = await setUpPolicy(policy);
  const settle = (verb: string, body: object) =>
    routes.call('POST', `/v1/limits/login/${verb}`, { body: { key: 'ada', ...body } });
  const remaining = async () => (await routes.check({ cost: 0 })).body.remaining;
  return { ...routes, settle, remaining };
};

const settled = { status: 'settled' };

describe('refund', () => {
  it('gives back what a check was charged, once', async () => {
    const { check, remaining, settle } = await setUp();
    await check({ cost: 3, requestId: 'r' });
    expect((await settle('refund', { requestId: 'r', cost: 3, units: 2 })).body).toEqual(settled);
    expect(await remaining()).toBe(4);
    const again = await settle('refund', { requestId: 'r', cost: 3 });
    expect([again.status, again.body.code]).toEqual([404, 'not-found']);
    expect(await remaining()).toBe(4);
  });

  it('knows the charge of its own key, workspace and cost only', async () => {
    const { call, check, put, settle } = await setUp();
    await check({ cost: 3, requestId: 'r' });
    expect((await settle('refund', { requestId: 'r', cost: 2 })).status).toBe(404);
    expect((await settle('refund', { requestId: 'r', cost: 3, key: 'bob' })).status).toBe(404);
    const theirs = { workspace: 'other', body: { limit: 5, windowSeconds: 60 } };
    await call('PUT', '/v1/limits/login', theirs);
    const stolen = await call('POST', '/v1/limits/login/refund', {
      workspace: 'other',
      body: { key: 'ada', requestId: 'r', cost: 3 },
    });
    expect(stolen.status).toBe(404);
    await put({ limit: 5, windowSeconds: 60, refundable: false }, 'strict');
    await check({ requestId: 'r' }, 'strict');
    const refused = await call('POST', '/v1/limits/strict/refund', {
      body: { key: 'ada', requestId: 'r' },
    });
    expect([refused.status, refused.body.code]).toEqual([409, 'conflict']);
  });

  it.each<[object, string[]]>([
    [{}, ['requestId']],
    [{ requestId: 'r', cost: 0 }, ['cost']],
    [{ requestId: 'r', cost: 1.5 }, ['cost']],
    [{ requestId: 'r', units: 2 }, ['units']],
    [{ requestId: 'r', units: -1 }, ['units']],
    [{ requestId: 'r', key: '' }, ['key']],
  ])('refuses %j', async (body, fields) => {
    const { settle } = await setUp();
    const answer = await settle('refund', body);
    expect([answer.status, fieldsOf(answer.body)]).toEqual([422, fields]);
  });
});

describe('reserve', () => {
  it('takes the most, and commit gives back what was not used', async () => {
    const { remaining, settle } = await setUp();
    const { body } = await settle('reserve', { cost: 4 });
    expect(body).toMatchObject({ allowed: true, remaining: 1, requestId: expect.any(String) });
    const { requestId } = body;
    expect((await settle('commit', { requestId, cost: 4, actual: 1 })).body).toEqual(settled);
    expect(await remaining()).toBe(4);
    expect((await settle('commit', { requestId, cost: 4, actual: 1 })).status).toBe(404);
  });

  it('is undone by cancel', async () => {
    const { remaining, settle } = await setUp();
    await settle('reserve', { cost: 4, requestId: 'mine' });
    expect((await settle('cancel', { requestId: 'mine', cost: 4 })).body).toEqual(settled);
    expect(await remaining()).toBe(5);
  });

  it('is denied like a check', async () => {
    const { check, settle } = await setUp();
    await check({ cost: 3 });
    const { status, body } = await settle('reserve', { cost: 4 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ allowed: false, reason: 'denied' });
    expect((await settle('cancel', { requestId: body.requestId, cost: 4 })).status).toBe(404);
  });

  it('is refused where nothing could be given back', async () => {
    const { check, settle } = await setUp({ limit: 5, windowSeconds: 60, refundable: false });
    expect((await settle('reserve', { cost: 1 })).status).toBe(409);
    expect((await check({})).body.remaining).toBe(4);
  });

  it.each<[string, object, string[]]>([
    ['reserve', {}, ['cost']],
    ['reserve', { cost: 0 }, ['cost']],
    ['reserve', { cost: 6 }, ['cost']],
    ['commit', { requestId: 'r', cost: 2 }, ['actual']],
    ['commit', { requestId: 'r', cost: 2, actual: 3 }, ['actual']],
    ['commit', { requestId: 'r', cost: 2, actual: -1 }, ['actual']],
    ['commit', { cost: 2, actual: 1 }, ['requestId']],
    ['cancel', { requestId: 'r' }, ['cost']],
    ['cancel', { requestId: 'r', cost: 1, actual: 0 }, ['actual']],
  ])('%s refuses %j', async (verb, body, fields) => {
    const { settle } = await setUp();
    const answer = await settle(verb, body);
    expect([answer.status, fieldsOf(answer.body)]).toEqual([422, fields]);
  });

  it('says when to come back while the table is down', async () => {
    const { setDown, settle } = await setUp();
    await settle('reserve', { cost: 4, requestId: 'r' });
    setDown(true);
    const failed = await settle('commit', { requestId: 'r', cost: 4, actual: 1 });
    expect([failed.status, failed.headers['retry-after']]).toEqual([503, '2']);
    setDown(false);
    expect((await settle('commit', { requestId: 'r', cost: 4, actual: 1 })).status).toBe(200);
  });
});

describe('concurrency', () => {
  const concurrency = { algorithm: 'concurrency', limit: 2, leaseSeconds: 30 };

  it('holds leases until they are released, and names them itself where nobody did', async () => {
    const { check, settle } = await setUp(concurrency);
    const first = await check({});
    expect(first.body).toMatchObject({ allowed: true, requestId: expect.any(String) });
    expect((await check({ requestId: 'mine' })).body).toMatchObject({
      allowed: true,
      remaining: 0,
    });
    expect((await check({})).body).toMatchObject({ allowed: false, retryAfterSeconds: 30 });
    const { requestId } = first.body;
    expect((await settle('release', { requestId })).body).toEqual(settled);
    expect((await settle('release', { requestId })).status).toBe(404);
    expect((await check({})).body.allowed).toBe(true);
  });

  it('lets a lease run out, or be renewed', async () => {
    const { check, clock, settle } = await setUp(concurrency);
    await check({ requestId: 'a' });
    await check({ requestId: 'b' });
    clock.advance(20_000);
    expect((await settle('renew', { requestId: 'a' })).body).toEqual(settled);
    clock.advance(20_000);
    expect((await check({ requestId: 'c' })).body.allowed).toBe(true);
    expect((await check({ requestId: 'd' })).body.allowed).toBe(false);
    expect((await settle('renew', { requestId: 'b' })).status).toBe(404);
  });

  it('has nothing to refund, and other policies nothing to release', async () => {
    const { put, call, settle } = await setUp(concurrency);
    expect((await settle('refund', { requestId: 'a' })).status).toBe(409);
    expect((await settle('reserve', { cost: 1 })).status).toBe(409);
    await put({ limit: 5, windowSeconds: 60 }, 'plain');
    for (const verb of ['release', 'renew']) {
      const body = { key: 'ada', requestId: 'a' };
      expect((await call('POST', `/v1/limits/plain/${verb}`, { body })).status).toBe(409);
    }
    expect(fieldsOf((await settle('release', {})).body)).toEqual(['requestId']);
  });
});

describe('every settlement', () => {
  it.each([
    ['refund', { requestId: 'r' }],
    ['reserve', { cost: 1 }],
    ['commit', { requestId: 'r', cost: 1, actual: 1 }],
    ['cancel', { requestId: 'r', cost: 1 }],
    ['release', { requestId: 'r' }],
    ['renew', { requestId: 'r' }],
  ])('of an unknown policy is 404: %s', async (verb, body) => {
    const { call } = setUpLimitRoutes();
    const answer = await call('POST', `/v1/limits/none/${verb}`, { body: { key: 'a', ...body } });
    expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
  });
});
