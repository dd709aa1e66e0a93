import { describe, expect, it } from 'vitest';
import { fieldsOf, setUpLimitRoutes } from '../call-limit-routes.ts';

const setUp = async (policy: unknown = { limit: 5, windowSeconds: 60 }) => {
  const routes = setUpLimitRoutes();
  await routes.put(policy);
  return routes;
};

const path = '/v1/limits/login/check';
const hourAndBurst = {
  limits: [
    { name: 'hour', algorithm: 'fixed-window', limit: 10, windowSeconds: 3600 },
    { name: 'burst', limit: 10, windowSeconds: 3600, burst: 2 },
  ],
};

describe('POST /v1/limits/{policy}/check', () => {
  it('answers a decision with the headers for the caller, apart from those of the API key', async () => {
    const { check } = await setUp({ algorithm: 'fixed-window', limit: 2, windowSeconds: 60 });
    const { status, body, headers } = await check({});
    expect(status).toBe(200);
    expect(body).toEqual({
      allowed: true,
      reason: 'allowed',
      remaining: 1,
      limit: 2,
      retryAfterSeconds: 0,
      resetSeconds: 60,
      delayMs: 0,
      verdicts: [
        {
          name: 'login',
          allowed: true,
          limit: 2,
          windowSeconds: 60,
          remaining: 1,
          resetSeconds: 60,
          retryAfterSeconds: 0,
          reason: 'allowed',
        },
      ],
      headers: {
        'ratelimit-policy': '"login";q=2;w=60',
        ratelimit: '"login";r=1;t=60',
        'x-ratelimit-limit': '2',
        'x-ratelimit-remaining': '1',
        'x-ratelimit-reset': '60',
      },
    });
    expect(headers.ratelimit).toBe('"api";r=9;t=1');
  });

  it('denies with 200, and admits who waits as long as it says', async () => {
    const { check, clock } = await setUp();
    await check({ cost: 5 });
    const { status, body } = await check({});
    expect(status).toBe(200);
    expect(body).toMatchObject({ allowed: false, reason: 'denied', retryAfterSeconds: 12 });
    expect(body.headers['retry-after']).toBe('12');
    clock.advance(body.retryAfterSeconds * 1000);
    expect((await check({})).body.allowed).toBe(true);
  });

  it('charges all limits of a policy or none, and tells of the one that refuses', async () => {
    const { check } = await setUp(hourAndBurst);
    await check({ cost: 2 });
    const { body } = await check({});
    expect(body).toMatchObject({ allowed: false, limit: 2, remaining: 0 });
    expect(body.verdicts).toMatchObject([
      { name: 'hour', remaining: 8, allowed: true },
      { name: 'burst', remaining: 0, allowed: false },
    ]);
  });

  it('charges a requestId once, and answers it', async () => {
    const { check } = await setUp();
    for (let n = 0; n < 3; n++) {
      const { body } = await check({ requestId: 'r1' });
      expect(body).toMatchObject({ allowed: true, remaining: 4, requestId: 'r1' });
    }
  });

  it('reads for a cost of 0', async () => {
    const { check } = await setUp();
    expect((await check({ cost: 0 })).body).toMatchObject({ allowed: true, remaining: 5 });
  });

  it('charges a member and its workspace, all or nothing', async () => {
    const { check, put } = await setUp();
    await put({ limit: 3, windowSeconds: 60 }, 'team');
    const within = [{ policy: 'team', key: 'blue' }];
    expect((await check({ cost: 2, within })).body.verdicts).toMatchObject([
      { name: 'team', remaining: 1 },
      { name: 'login', remaining: 3 },
    ]);
    expect((await check({ cost: 2, within })).body.allowed).toBe(false);
    expect((await check({ cost: 0 })).body.remaining).toBe(3);
  });

  it('delays what a leaky bucket shapes', async () => {
    const { check } = await setUp({
      algorithm: 'leaky-bucket',
      limit: 60,
      windowSeconds: 60,
      burst: 3,
    });
    const delays = [];
    for (let n = 0; n < 3; n++) delays.push((await check({})).body.delayMs);
    expect(delays).toEqual([0, 1000, 2000]);
    expect((await check({})).body.allowed).toBe(false);
  });

  it('decides and refuses nobody in shadow mode', async () => {
    const { check } = await setUp({ limit: 1, windowSeconds: 60, mode: 'shadow' });
    await check({});
    expect((await check({})).body).toMatchObject({ allowed: true, reason: 'shadowed' });
  });

  it('answers by the policy while the limits table is down', async () => {
    const { check, put, setDown } = await setUp({ limit: 100, windowSeconds: 60 });
    await put({ limit: 100, windowSeconds: 60, onFailure: 'closed' }, 'paid');
    setDown(true);
    expect((await check({})).body).toMatchObject({ allowed: true, reason: 'failed-open' });
    const closed = await check({}, 'paid');
    expect(closed.status).toBe(200);
    expect(closed.body).toMatchObject({ allowed: false, reason: 'failed-closed' });
    expect(closed.body.retryAfterSeconds).toBeGreaterThan(0);
  });

  it('takes one write of the store a check', async () => {
    const { check, limits } = await setUp();
    for (let n = 0; n < 5; n++) await check({ requestId: `r${n}` });
    expect(limits.take).toHaveBeenCalledTimes(5);
    expect(limits.peek).not.toHaveBeenCalled();
  });

  it('keeps the keys of workspaces and policies apart', async () => {
    const { call, check, put } = await setUp({ limit: 1, windowSeconds: 60 });
    await put({ limit: 1, windowSeconds: 60 }, 'other');
    const other = { workspace: 'other', body: { limit: 1, windowSeconds: 60 } };
    await call('PUT', '/v1/limits/login', other);
    expect((await check({})).body.allowed).toBe(true);
    expect((await check({}, 'other')).body.allowed).toBe(true);
    const theirs = await call('POST', path, { workspace: 'other', body: { key: 'ada' } });
    expect(theirs.body.allowed).toBe(true);
    expect((await check({})).body.allowed).toBe(false);
  });

  it('is charged to the limit of checks, and managing to that of requests', async () => {
    const { apiLimiter, check, put } = await setUp();
    await check({});
    expect(apiLimiter.takeForKey).toHaveBeenLastCalledWith('k1', expect.any(String), {
      policy: 'checks',
    });
    await put({ limit: 6, windowSeconds: 60 });
    expect(apiLimiter.takeForKey).toHaveBeenLastCalledWith('k1', expect.any(String), {
      policy: 'requests',
    });
  });

  it.each<[string, unknown, string[]]>([
    ['no key', {}, ['key']],
    ['an empty key', { key: '' }, ['key']],
    ['a key of 10 KB', { key: 'x'.repeat(10_240) }, ['key']],
    ['a key of 1,025 bytes', { key: `${'ü'.repeat(512)}x` }, ['key']],
    ['a key that is a number', { key: 7 }, ['key']],
    ['a null byte', { key: 'a\u0000b' }, ['key']],
    ['a line break', { key: 'a\nb' }, ['key']],
    ['half a character', { key: '\ud800' }, ['key']],
    ['a negative cost', { key: 'a', cost: -1 }, ['cost']],
    ['half a unit', { key: 'a', cost: 0.5 }, ['cost']],
    ['more than the burst', { key: 'a', cost: 6 }, ['cost']],
    ['a cost as text', { key: 'a', cost: '1' }, ['cost']],
    ['no cost', { key: 'a', cost: null }, ['cost']],
    ['endless cost', '{"key":"a","cost":1e999}', ['cost']],
    ['a requestId of 256 bytes', { key: 'a', requestId: 'x'.repeat(256) }, ['requestId']],
    ['an empty requestId', { key: 'a', requestId: '' }, ['requestId']],
    [
      'five levels',
      { key: 'a', within: Array.from({ length: 5 }, () => ({ policy: 'login', key: 'b' })) },
      ['within'],
    ],
    ['a level without a key', { key: 'a', within: [{ policy: 'login' }] }, ['within[0].key']],
    ['an unknown field', { key: 'a', amount: 1 }, ['amount']],
    ['a list', [], ['body']],
  ])('refuses %s by its name', async (_, body, fields) => {
    const { call, limits } = await setUp();
    const answer = await call('POST', path, { body });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer.body)).toEqual(fields);
    expect(limits.take).not.toHaveBeenCalled();
  });

  it('knows a key of 1,024 bytes', async () => {
    const { check } = await setUp({ limit: 1, windowSeconds: 60 });
    const key = `${'x'.repeat(1023)}y`;
    expect((await check({ key })).body.allowed).toBe(true);
    expect((await check({ key })).body.allowed).toBe(false);
    expect((await check({ key: `${'x'.repeat(1023)}z` })).body.allowed).toBe(true);
  });

  it.each(['none', 'Login', 'x'.repeat(200), '%00'])(
    'answers 404 for the policy %s',
    async (name) => {
      const { check } = await setUp();
      const answer = await check({}, name);
      expect(answer.status).toBe(404);
      expect(answer.body.detail).toContain('PUT /v1/limits/{policy}');
    },
  );

  it('answers 404 for an unknown wider policy, and charges nothing', async () => {
    const { check } = await setUp();
    expect((await check({ within: [{ policy: 'none', key: 'a' }] })).status).toBe(404);
    expect((await check({ cost: 0 })).body.remaining).toBe(5);
  });
});

describe('GET and DELETE /v1/limits/{policy}/check', () => {
  it('peeks and charges nothing', async () => {
    const { call, check } = await setUp();
    await check({ cost: 3 });
    const peek = (query: Record<string, string>) => call('GET', path, { query });
    for (let n = 0; n < 2; n++) {
      const fits = await peek({ key: 'ada', cost: '2' });
      expect(fits.body).toMatchObject({ allowed: true, remaining: 2 });
    }
    expect((await peek({ key: 'ada', cost: '3' })).body).toMatchObject({ allowed: false });
    expect((await peek({ key: 'new' })).body).toMatchObject({ allowed: true, remaining: 5 });
  });

  it.each<[Record<string, string>, string[]]>([
    [{}, ['key']],
    [{ key: '' }, ['key']],
    [{ key: 'a', cost: '-1' }, ['cost']],
    [{ key: 'a', cost: '0.5' }, ['cost']],
    [{ key: 'a', cost: 'one' }, ['cost']],
    [{ key: 'a', cost: '6' }, ['cost']],
    [{ key: 'a', costs: '1' }, ['costs']],
  ])('refuses the query %j', async (query, fields) => {
    const { call } = await setUp();
    const answer = await call('GET', path, { query });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer.body)).toEqual(fields);
  });

  it('resets a key at once', async () => {
    const { call, check, setDown } = await setUp({ limit: 1, windowSeconds: 60 });
    await check({});
    expect((await check({})).body.allowed).toBe(false);
    const reset = await call('DELETE', path, { query: { key: 'ada' } });
    expect([reset.status, reset.body]).toEqual([200, { status: 'settled' }]);
    expect((await check({})).body.allowed).toBe(true);
    expect(fieldsOf((await call('DELETE', path)).body)).toEqual(['key']);
    setDown(true);
    const failed = await call('DELETE', path, { query: { key: 'ada' } });
    expect(failed.status).toBe(503);
    expect(failed.headers['retry-after']).toBe('2');
  });
});

describe('POST /v1/limits/check', () => {
  const batch = (checks: unknown) => ({ body: { checks } });

  it('answers each check in its place, and one fault spoils no other', async () => {
    const { call } = await setUp({ limit: 2, windowSeconds: 60 });
    const { status, body } = await call(
      'POST',
      '/v1/limits/check',
      batch([
        { policy: 'login', key: 'ada' },
        { policy: 'none', key: 'ada' },
        { policy: 'login', key: 'ada', cost: 3 },
        { policy: 'login', key: '' },
        'what',
        { policy: 'login', key: 'ada', requestId: 'r' },
        { policy: 'login', key: 'ada' },
        { policy: 'login', key: 'bob' },
      ]),
    );
    expect(status).toBe(200);
    expect(body.results).toMatchObject([
      { allowed: true, remaining: 1 },
      { error: { status: 404, code: 'not-found' } },
      { error: { status: 422, code: 'validation-failed', errors: [{ field: 'cost' }] } },
      { error: { status: 422, errors: [{ field: 'key' }] } },
      { error: { status: 422, errors: [{ field: 'check' }] } },
      { allowed: true, remaining: 0, requestId: 'r' },
      { allowed: false },
      { allowed: true, remaining: 1 },
    ]);
    expect(body.results[1].error.detail).toContain('no policy "none"');
  });

  it('is charged as one request', async () => {
    const { apiLimiter, call } = await setUp();
    apiLimiter.takeForKey.mockClear();
    await call(
      'POST',
      '/v1/limits/check',
      batch([
        { policy: 'login', key: 'a' },
        { policy: 'login', key: 'b' },
      ]),
    );
    expect(apiLimiter.takeForKey).toHaveBeenCalledTimes(1);
  });

  it.each([
    [[]],
    [Array.from({ length: 21 }, () => ({ policy: 'login', key: 'a' }))],
    ['x'],
    [null],
  ])('refuses other than 1 to 20 checks', async (checks) => {
    const { call } = await setUp();
    const answer = await call('POST', '/v1/limits/check', batch(checks));
    expect([answer.status, fieldsOf(answer.body)]).toEqual([422, ['checks']]);
  });
});
