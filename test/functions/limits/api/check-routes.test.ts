import { describe, expect, it } from 'vitest';
import { setUpPolicy } from '../call-limit-routes.ts';

const hourAndBurst = {
  limits: [
    { name: 'hour', algorithm: 'fixed-window', limit: 10, windowSeconds: 3600 },
    { name: 'burst', limit: 10, windowSeconds: 3600, burst: 2 },
  ],
};

describe('POST /v1/limits/{policy}/check', () => {
  it('answers a decision with the headers for the caller, apart from those of the API key', async () => {
    const { check } = await setUpPolicy({ algorithm: 'fixed-window', limit: 2, windowSeconds: 60 });
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
    const { check, clock } = await setUpPolicy();
    await check({ cost: 5 });
    const { status, body } = await check({});
    expect(status).toBe(200);
    expect(body).toMatchObject({ allowed: false, reason: 'denied', retryAfterSeconds: 12 });
    expect(body.headers['retry-after']).toBe('12');
    clock.advance(body.retryAfterSeconds * 1000);
    expect((await check({})).body.allowed).toBe(true);
  });

  it('charges all limits of a policy or none, and tells of the one that refuses', async () => {
    const { check } = await setUpPolicy(hourAndBurst);
    await check({ cost: 2 });
    const { body } = await check({});
    expect(body).toMatchObject({ allowed: false, limit: 2, remaining: 0 });
    expect(body.verdicts).toMatchObject([
      { name: 'hour', remaining: 8, allowed: true },
      { name: 'burst', remaining: 0, allowed: false },
    ]);
  });

  it('charges a requestId once, and answers it', async () => {
    const { check } = await setUpPolicy();
    for (let n = 0; n < 3; n++) {
      const { body } = await check({ requestId: 'r1' });
      expect(body).toMatchObject({ allowed: true, remaining: 4, requestId: 'r1' });
    }
  });

  it('reads for a cost of 0', async () => {
    const { check } = await setUpPolicy();
    expect((await check({ cost: 0 })).body).toMatchObject({ allowed: true, remaining: 5 });
  });

  it('charges a member and its workspace, all or nothing', async () => {
    const { check, put } = await setUpPolicy();
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
    const { check } = await setUpPolicy({
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
    const { check } = await setUpPolicy({ limit: 1, windowSeconds: 60, mode: 'shadow' });
    await check({});
    expect((await check({})).body).toMatchObject({ allowed: true, reason: 'shadowed' });
  });

  it('answers by the policy while the limits table is down', async () => {
    const { check, put, setDown } = await setUpPolicy({ limit: 100, windowSeconds: 60 });
    await put({ limit: 100, windowSeconds: 60, onFailure: 'closed' }, 'paid');
    setDown(true);
    expect((await check({})).body).toMatchObject({ allowed: true, reason: 'failed-open' });
    const closed = await check({}, 'paid');
    expect(closed.status).toBe(200);
    expect(closed.body).toMatchObject({ allowed: false, reason: 'failed-closed' });
    expect(closed.body.retryAfterSeconds).toBeGreaterThan(0);
  });

  it('takes one write of the store a check', async () => {
    const { check, limits } = await setUpPolicy();
    for (let n = 0; n < 5; n++) await check({ requestId: `r${n}` });
    expect(limits.take).toHaveBeenCalledTimes(5);
    expect(limits.peek).not.toHaveBeenCalled();
  });

  it('keeps the keys of workspaces and policies apart', async () => {
    const { call, check, put } = await setUpPolicy({ limit: 1, windowSeconds: 60 });
    await put({ limit: 1, windowSeconds: 60 }, 'other');
    const other = { workspace: 'other', body: { limit: 1, windowSeconds: 60 } };
    await call('PUT', '/v1/limits/login', other);
    expect((await check({})).body.allowed).toBe(true);
    expect((await check({}, 'other')).body.allowed).toBe(true);
    const theirs = await call('POST', '/v1/limits/login/check', {
      workspace: 'other',
      body: { key: 'ada' },
    });
    expect(theirs.body.allowed).toBe(true);
    expect((await check({})).body.allowed).toBe(false);
  });

  it('is charged to the limit of checks, and managing to that of requests', async () => {
    const { apiLimiter, check, put } = await setUpPolicy();
    await check({});
    expect(apiLimiter.takeForKey).toHaveBeenLastCalledWith('k1', expect.any(String), {
      policy: 'checks',
    });
    await put({ limit: 6, windowSeconds: 60 });
    expect(apiLimiter.takeForKey).toHaveBeenLastCalledWith('k1', expect.any(String), {
      policy: 'requests',
    });
  });
});
