import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../local/start-cloud.ts';
import { type ApiClient, apiClient } from '../support/api-client.ts';

/** A workspace's own limits as its services use them: over HTTP, through the local cloud. */
let cloud: Cloud;
let client: ApiClient;
let other: ApiClient;
beforeAll(async () => {
  cloud = await startCloud({ memory: true });
  client = apiClient(cloud);
  other = apiClient({ url: cloud.url, key: await cloud.createKey('other') });
});
afterEach(() => cloud.faults.clear());
afterAll(async () => cloud.stop());

const put = (name: string, body: object, by = client) =>
  by.call(`/v1/limits/${name}`, { method: 'PUT', body });
const post = (path: string, body: unknown, by = client) =>
  by.call(`/v1/limits/${path}`, { method: 'POST', body });
const check = (name: string, body: object = {}, by = client) =>
  post(`${name}/check`, { key: 'ada', ...body }, by);
const drop = (path: string) => client.call(`/v1/limits/${path}`, { method: 'DELETE' });

/** A day's window: nothing flows back while a test runs. */
const day = { algorithm: 'fixed-window', windowSeconds: 86_400 };

/** Reads until the table answers: a breaker that is open lets one call try every 2 s. */
const awaitTable = async (name: string, by = client): Promise<number> => {
  const startedAt = performance.now();
  for (;;) {
    const { json } = await by.call(`/v1/limits/${name}/check?key=nobody&cost=0`);
    const waitedMs = performance.now() - startedAt;
    if (json.reason === 'allowed') return waitedMs;
    if (waitedMs > 20_000) throw new Error(`still ${json.reason}`);
  }
};

/** Checks until the table answered: a busy machine may need more than the limiter's 50 ms. */
const settled = async (name: string, body: object = {}, by = client) => {
  for (let tried = 0; tried < 20; tried++) {
    await awaitTable(name, by);
    const answer = await check(name, body, by);
    if (!/^failed-/.test(answer.json.reason)) return answer;
  }
  throw new Error(`the table of ${name} did not answer 20 times`);
};

describe('the life of a policy', () => {
  it('is made, checked to denial, changed without a restart, and deleted', async () => {
    const made = await put('life', { ...day, limit: 3 });
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
    for (const [index, remaining] of [2, 1, 0].entries()) {
      const { status, json } = await settled('life', { requestId: `life-${index}` });
      expect([status, json.allowed, json.remaining]).toEqual([200, true, remaining]);
    }
    const denied = await settled('life');
    expect(denied.status).toBe(200);
    expect(denied.json).toMatchObject({ allowed: false, reason: 'denied', remaining: 0, limit: 3 });
    expect(denied.json.headers).toMatchObject({
      'ratelimit-policy': '"life";q=3;w=86400',
      'x-ratelimit-remaining': '0',
      'retry-after': String(denied.json.retryAfterSeconds),
    });
    // The answer's own are of the API key.
    expect(denied.headers.get('ratelimit-policy')).toMatch(/^"checks";q=/);
    expect(denied.headers.get('retry-after')).toBeNull();

    expect((await put('life', { ...day, limit: 5 })).status).toBe(200);
    expect((await settled('life', { requestId: 'life-3' })).json).toMatchObject({
      allowed: true,
      limit: 5,
    });

    expect((await drop('life')).status).toBe(204);
    expect((await check('life')).status).toBe(404);
  });

  it('is raised for one key by an override, without a restart', async () => {
    await put('raised', { ...day, limit: 1 });
    await settled('raised', { requestId: 'a' });
    expect((await settled('raised', { requestId: 'b' })).json.allowed).toBe(false);
    const path = '/v1/limits/raised/overrides/ada';
    const override = await client.call(path, { method: 'PUT', body: { limit: 2 } });
    expect(override.status).toBe(201);
    expect((await settled('raised', { requestId: 'c' })).json).toMatchObject({
      allowed: true,
      limit: 2,
    });
    expect((await settled('raised', { key: 'bob' })).json.limit).toBe(1);
    expect((await client.call('/v1/limits/raised/overrides')).json.data).toMatchObject([
      { key: 'ada', limit: 2 },
    ]);
    expect((await client.call(path, { method: 'DELETE' })).status).toBe(204);
    expect((await settled('raised')).json).toMatchObject({ allowed: false, limit: 1 });
  });

  it('decides in the shadow and refuses nobody', async () => {
    await put('shadow', { ...day, limit: 1, mode: 'shadow' });
    await settled('shadow');
    const { json } = await settled('shadow');
    expect(json).toMatchObject({ allowed: true, reason: 'shadowed' });
  });

  it('gives charges and reservations back', async () => {
    await put('refunds', { ...day, limit: 10 });
    const left = async () => {
      const peek = await client.call('/v1/limits/refunds/check?key=ada&cost=0');
      expect(peek.json.reason).toBe('allowed');
      return peek.json.remaining;
    };
    await settled('refunds', { cost: 4, requestId: 'r' });
    const refund = { key: 'ada', requestId: 'r', cost: 4, units: 3 };
    expect((await post('refunds/refund', refund)).json).toEqual({ status: 'settled' });
    expect((await post('refunds/refund', refund)).status).toBe(404);
    expect(await left()).toBe(9);

    const { json } = await post('refunds/reserve', { key: 'ada', cost: 8 });
    expect(json).toMatchObject({ allowed: true, remaining: 1 });
    const held = { key: 'ada', requestId: json.requestId, cost: 8 };
    expect((await post('refunds/commit', { ...held, actual: 2 })).status).toBe(200);
    expect(await left()).toBe(7);

    await post('refunds/reserve', { key: 'ada', cost: 7, requestId: 'whole' });
    expect(await left()).toBe(0);
    const whole = { key: 'ada', requestId: 'whole', cost: 7 };
    expect((await post('refunds/cancel', whole)).status).toBe(200);
    expect(await left()).toBe(7);
  });

  it('holds leases of a concurrency limit until they are released', async () => {
    await put('jobs', { algorithm: 'concurrency', limit: 2, leaseSeconds: 3600 });
    const first = await settled('jobs', { requestId: 'j1' });
    expect(first.json).toMatchObject({ allowed: true, requestId: 'j1' });
    await settled('jobs', { requestId: 'j2' });
    expect((await settled('jobs', { requestId: 'j3' })).json.allowed).toBe(false);
    const hold = { key: 'ada', requestId: 'j1' };
    expect((await post('jobs/renew', hold)).status).toBe(200);
    expect((await post('jobs/release', hold)).status).toBe(200);
    expect((await post('jobs/release', hold)).status).toBe(404);
    expect((await settled('jobs', { requestId: 'j3' })).json.allowed).toBe(true);
  });

  it('is reset for one key', async () => {
    await put('reset', { ...day, limit: 1 });
    await settled('reset', { requestId: 'a' });
    expect((await settled('reset', { requestId: 'b' })).json.allowed).toBe(false);
    expect((await drop('reset/check?key=ada')).status).toBe(200);
    expect((await settled('reset', { requestId: 'c' })).json.allowed).toBe(true);
  });

  it('is charged for a member and its team, all or nothing', async () => {
    await put('team', { ...day, limit: 2 });
    await put('member', { ...day, limit: 10 });
    const within = [{ policy: 'team', key: 'blue' }];
    for (const requestId of ['a', 'b']) {
      expect((await settled('member', { within, requestId })).json.allowed).toBe(true);
    }
    expect((await settled('member', { within, requestId: 'c' })).json.allowed).toBe(false);
    expect((await settled('member', { cost: 0 })).json.remaining).toBe(8);
  });

  it('is checked in a batch, where one fault spoils no other', async () => {
    await put('batch', { ...day, limit: 2 });
    const { status, json } = await post('check', {
      checks: [
        { policy: 'batch', key: 'a' },
        { policy: 'nobody', key: 'a' },
        { policy: 'batch', key: 'a', cost: 9 },
        { policy: 'batch', key: 'b', cost: 2 },
      ],
    });
    expect(status).toBe(200);
    expect(json.results).toMatchObject([
      { allowed: true },
      { error: { status: 404, code: 'not-found' } },
      { error: { status: 422, errors: [{ field: 'cost' }] } },
      { allowed: true },
    ]);
  });
});

describe('two workspaces', () => {
  it('share neither policies nor keys', async () => {
    await put('private', { ...day, limit: 1 });
    expect((await other.call('/v1/limits/private')).status).toBe(404);
    expect((await check('private', {}, other)).status).toBe(404);
    const stolen = await other.call('/v1/limits/private', { method: 'DELETE' });
    expect(stolen.status).toBe(404);
    await put('private', { ...day, limit: 1 }, other);
    expect((await settled('private', { requestId: 'a' })).json.allowed).toBe(true);
    expect((await settled('private', { requestId: 'a' }, other)).json.allowed).toBe(true);
    expect((await settled('private', { requestId: 'b' })).json.allowed).toBe(false);
    const names = (await other.call('/v1/limits')).json.data;
    expect(names.map(({ policy }: { policy: string }) => policy)).toEqual(['private']);
  });
});

describe('a check', () => {
  it('is one write of one unit and no read', async () => {
    await put('cost', { limit: 1000, windowSeconds: 60 });
    await settled('cost');
    const checks = Array.from({ length: 20 }, (_, index) => ({ policy: 'cost', key: `k${index}` }));
    let whole = 0;
    for (let round = 0; round < 50 && whole < 3; round++) {
      await settled('cost');
      cloud.calls.reset();
      const { json } = await post('check', { checks });
      const usage = cloud.calls.byRoute()['POST /v1/limits/check'];
      expect(usage?.rru).toBe(0);
      if (json.results.some(({ reason }: { reason: string }) => reason !== 'allowed')) continue;
      whole++;
      expect(Object.keys(usage?.actions ?? {})).toEqual(['dynamodb:UpdateItem']);
      const writes = usage?.actions['dynamodb:UpdateItem'] ?? 0;
      expect(usage?.wru).toBe(writes);
      // The API key's own limit is leased: one write for ten requests or more.
      expect([20, 21]).toContain(writes);
    }
    expect(whole).toBe(3);
  });
});

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
      await put('bad', bucket);
      const answer = await client.call(path, { method, ...(body !== undefined && { body }) });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      if (status === 422) expect(answer.json.errors[0].field).toMatch(/\w/);
    },
  );
});

describe('without the limits table', () => {
  const open = { ...day, limit: 1000 };
  const closed = { ...open, onFailure: 'closed' };
  const faults = {
    slow: { kind: 'slow-call', delayMs: 1_000 },
    throttled: { kind: 'failing-call', error: 'ProvisionedThroughputExceededException' },
    gone: { kind: 'failing-call', error: 'ResourceNotFoundException' },
  } as const;

  it.each(Object.entries(faults))(
    'that is %s, verdicts are as the policy says, and right again once it is back',
    async (name, fault) => {
      await put(`${name}-open`, open);
      await put(`${name}-closed`, closed);
      await settled(`${name}-open`);
      await settled(`${name}-closed`);
      cloud.faults.add({ ...fault, target: 'Limits', function: 'LimitsApi' });
      for (let n = 0; n < 8; n++) {
        const admitted = await check(`${name}-open`);
        expect(admitted.status).toBe(200);
        expect(admitted.json).toMatchObject({ allowed: true, reason: 'failed-open' });
        const refused = await check(`${name}-closed`);
        expect(refused.status).toBe(200);
        expect(refused.json).toMatchObject({ allowed: false, reason: 'failed-closed' });
        expect(refused.json.retryAfterSeconds).toBeGreaterThan(0);
      }
      const unsettled = { key: 'ada', requestId: 'r' };
      const failed = await post(`${name}-open/refund`, unsettled);
      expect(failed.status).toBe(503);
      expect(failed.headers.get('retry-after')).toBe('2');
      expect((await drop(`${name}-open/check?key=ada`)).status).toBe(503);
      cloud.faults.clear();
      // Half-open after 2 s; the rest is for a busy machine.
      expect(await awaitTable(`${name}-open`)).toBeLessThan(10_000);
      for (const policy of [`${name}-open`, `${name}-closed`]) {
        expect((await settled(policy)).json).toMatchObject({ allowed: true, reason: 'allowed' });
      }
    },
    60_000,
  );

  it('a process admits a tenth of the quota', async () => {
    await put('insured', { ...day, limit: 30 });
    await settled('insured');
    cloud.faults.add({ ...faults.gone, target: 'Limits' });
    const allowed: boolean[] = [];
    for (let n = 0; n < 6; n++) allowed.push((await check('insured')).json.allowed);
    expect(allowed).toEqual([true, true, true, false, false, false]);
  });
});

describe('without the control table', () => {
  it('known policies go on, others and changes are answered 503', async () => {
    await put('known', { ...day, limit: 1000 });
    await settled('known');
    cloud.faults.add({
      kind: 'failing-call',
      target: 'Control',
      error: 'ResourceNotFoundException',
    });
    expect((await settled('known')).json.allowed).toBe(true);
    for (const answer of [await check('unseen'), await put('known', { ...day, limit: 2 })]) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('2');
      expect(answer.json.code).toBe('unavailable');
    }
  });
});
