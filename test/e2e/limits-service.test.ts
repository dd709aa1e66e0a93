import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../local/start-cloud.ts';
import { apiClient } from '../support/api-client.ts';
import { day, type LimitsClient, limitsClient } from '../support/limits-client.ts';

/** A workspace's own limits as its services use them: over HTTP, through the local cloud. */
let cloud: Cloud;
let limits: LimitsClient;
let others: LimitsClient;
beforeAll(async () => {
  cloud = await startCloud({ memory: true });
  limits = limitsClient(apiClient(cloud));
  others = limitsClient(apiClient({ url: cloud.url, key: await cloud.createKey('other') }));
});
afterAll(async () => cloud.stop());

describe('the life of a policy', () => {
  it('is made, checked to denial, changed without a restart, and deleted', async () => {
    const made = await limits.put('life', { ...day, limit: 3 });
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
    for (const [index, remaining] of [2, 1, 0].entries()) {
      const { status, json } = await limits.settled('life', { requestId: `life-${index}` });
      expect([status, json.allowed, json.remaining]).toEqual([200, true, remaining]);
    }
    const denied = await limits.settled('life');
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

    expect((await limits.put('life', { ...day, limit: 5 })).status).toBe(200);
    expect((await limits.settled('life', { requestId: 'life-3' })).json).toMatchObject({
      allowed: true,
      limit: 5,
    });

    expect((await limits.drop('life')).status).toBe(204);
    expect((await limits.check('life')).status).toBe(404);
  });

  it('is raised for one key by an override, without a restart', async () => {
    await limits.put('raised', { ...day, limit: 1 });
    await limits.settled('raised', { requestId: 'a' });
    expect((await limits.settled('raised', { requestId: 'b' })).json.allowed).toBe(false);
    const path = '/v1/limits/raised/overrides/ada';
    const override = await limits.call(path, { method: 'PUT', body: { limit: 2 } });
    expect(override.status).toBe(201);
    expect((await limits.settled('raised', { requestId: 'c' })).json).toMatchObject({
      allowed: true,
      limit: 2,
    });
    expect((await limits.settled('raised', { key: 'bob' })).json.limit).toBe(1);
    expect((await limits.call('/v1/limits/raised/overrides')).json.data).toMatchObject([
      { key: 'ada', limit: 2 },
    ]);
    expect((await limits.call(path, { method: 'DELETE' })).status).toBe(204);
    expect((await limits.settled('raised')).json).toMatchObject({ allowed: false, limit: 1 });
  });

  it('decides in the shadow and refuses nobody', async () => {
    await limits.put('shadow', { ...day, limit: 1, mode: 'shadow' });
    await limits.settled('shadow');
    const { json } = await limits.settled('shadow');
    expect(json).toMatchObject({ allowed: true, reason: 'shadowed' });
  });

  it('gives charges and reservations back', async () => {
    await limits.put('refunds', { ...day, limit: 10 });
    const left = async () => {
      const peek = await limits.call('/v1/limits/refunds/check?key=ada&cost=0');
      expect(peek.json.reason).toBe('allowed');
      return peek.json.remaining;
    };
    await limits.settled('refunds', { cost: 4, requestId: 'r' });
    const refund = { key: 'ada', requestId: 'r', cost: 4, units: 3 };
    expect((await limits.post('refunds/refund', refund)).json).toEqual({ status: 'settled' });
    expect((await limits.post('refunds/refund', refund)).status).toBe(404);
    expect(await left()).toBe(9);

    const { json } = await limits.post('refunds/reserve', { key: 'ada', cost: 8 });
    expect(json).toMatchObject({ allowed: true, remaining: 1 });
    const held = { key: 'ada', requestId: json.requestId, cost: 8 };
    expect((await limits.post('refunds/commit', { ...held, actual: 2 })).status).toBe(200);
    expect(await left()).toBe(7);

    await limits.post('refunds/reserve', { key: 'ada', cost: 7, requestId: 'whole' });
    expect(await left()).toBe(0);
    const whole = { key: 'ada', requestId: 'whole', cost: 7 };
    expect((await limits.post('refunds/cancel', whole)).status).toBe(200);
    expect(await left()).toBe(7);
  });

  it('holds leases of a concurrency limit until they are released', async () => {
    await limits.put('jobs', { algorithm: 'concurrency', limit: 2, leaseSeconds: 3600 });
    const first = await limits.settled('jobs', { requestId: 'j1' });
    expect(first.json).toMatchObject({ allowed: true, requestId: 'j1' });
    await limits.settled('jobs', { requestId: 'j2' });
    expect((await limits.settled('jobs', { requestId: 'j3' })).json.allowed).toBe(false);
    const hold = { key: 'ada', requestId: 'j1' };
    expect((await limits.post('jobs/renew', hold)).status).toBe(200);
    expect((await limits.post('jobs/release', hold)).status).toBe(200);
    expect((await limits.post('jobs/release', hold)).status).toBe(404);
    expect((await limits.settled('jobs', { requestId: 'j3' })).json.allowed).toBe(true);
  });

  it('is reset for one key', async () => {
    await limits.put('reset', { ...day, limit: 1 });
    await limits.settled('reset', { requestId: 'a' });
    expect((await limits.settled('reset', { requestId: 'b' })).json.allowed).toBe(false);
    expect((await limits.drop('reset/check?key=ada')).status).toBe(200);
    expect((await limits.settled('reset', { requestId: 'c' })).json.allowed).toBe(true);
  });

  it('is charged for a member and its team, all or nothing', async () => {
    await limits.put('team', { ...day, limit: 2 });
    await limits.put('member', { ...day, limit: 10 });
    const within = [{ policy: 'team', key: 'blue' }];
    for (const requestId of ['a', 'b']) {
      expect((await limits.settled('member', { within, requestId })).json.allowed).toBe(true);
    }
    expect((await limits.settled('member', { within, requestId: 'c' })).json.allowed).toBe(false);
    expect((await limits.settled('member', { cost: 0 })).json.remaining).toBe(8);
  });

  it('is checked in a batch, where one fault spoils no other', async () => {
    await limits.put('batch', { ...day, limit: 2 });
    const { status, json } = await limits.post('check', {
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
    await limits.put('private', { ...day, limit: 1 });
    expect((await others.call('/v1/limits/private')).status).toBe(404);
    expect((await others.check('private')).status).toBe(404);
    const stolen = await others.call('/v1/limits/private', { method: 'DELETE' });
    expect(stolen.status).toBe(404);
    await others.put('private', { ...day, limit: 1 });
    expect((await limits.settled('private', { requestId: 'a' })).json.allowed).toBe(true);
    expect((await others.settled('private', { requestId: 'a' })).json.allowed).toBe(true);
    expect((await limits.settled('private', { requestId: 'b' })).json.allowed).toBe(false);
    const names = (await others.call('/v1/limits')).json.data;
    expect(names.map(({ policy }: { policy: string }) => policy)).toEqual(['private']);
  });
});

describe('a check', () => {
  it('is one write of one unit and no read', async () => {
    await limits.put('cost', { limit: 1000, windowSeconds: 60 });
    await limits.settled('cost');
    const checks = Array.from({ length: 20 }, (_, index) => ({ policy: 'cost', key: `k${index}` }));
    let whole = 0;
    for (let round = 0; round < 50 && whole < 3; round++) {
      await limits.settled('cost');
      cloud.calls.reset();
      const { json } = await limits.post('check', { checks });
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
