import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../local/start-cloud.ts';
import { type ApiClient, apiClient } from '../support/api-client.ts';
import { inParallel } from '../support/in-parallel.ts';

let cloud: Cloud;
let client: ApiClient;
beforeAll(async () => {
  cloud = await startCloud({ memory: true, context: { stage: 'prod' } });
  client = apiClient(cloud);
});
afterAll(async () => cloud.stop());

const tally = async (calls: number, call: () => Promise<{ status: number }>) => {
  const statuses = new Map<number, number>();
  // Few at a time: a busy machine would exceed the limiter's 50 ms, and it would fail open.
  await inParallel(Array.from({ length: calls }), 4, async () => {
    const { status } = await call();
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  });
  return statuses;
};

describe("the limiter with prod's table", () => {
  it('admits a burst of 100 of one key, refuses the rest with every header, and other keys go on', async () => {
    const startedAt = performance.now();
    const statuses = await tally(130, () => client.call('/v1/links?limit=1'));
    const refilled = Math.ceil((performance.now() - startedAt) / 3600) + 5;
    expect(statuses.get(200)).toBeGreaterThanOrEqual(100);
    expect(statuses.get(200)).toBeLessThanOrEqual(100 + refilled);
    expect((statuses.get(200) ?? 0) + (statuses.get(429) ?? 0)).toBe(130);

    const refused = await client.call('/v1/links?limit=1');
    expect(refused.status).toBe(429);
    expect(refused.json).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      code: 'quota-exceeded',
      'violated-policies': expect.arrayContaining([expect.any(String)]),
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(4);
    expect(refused.headers.get('ratelimit-policy')).toContain('"burst";q=100');
    expect(refused.headers.get('ratelimit')).toMatch(/r=0;t=\d+/);
    for (const name of ['limit', 'remaining', 'reset']) {
      expect(refused.headers.get(`x-ratelimit-${name}`), name).toMatch(/^\d+$/);
    }

    const other = apiClient({ url: cloud.url, key: await cloud.createKey('other') });
    expect((await other.call('/v1/links?limit=1')).status).toBe(200);
  });

  it("holds a workspace's keys to its own limits, without a deploy", async () => {
    await cloud.limitKeys('small', { requests: { limitPerHour: 5 } });
    await cloud.limitKeys('large', { requests: { limitPerHour: 50_000, burst: 140 } });
    const clientOf = async (workspace: string) =>
      apiClient({ url: cloud.url, key: await cloud.createKey(workspace) });
    const [small, large] = [await clientOf('small'), await clientOf('large')];
    const statuses = await tally(8, () => small.call('/v1/links?limit=1'));
    expect(statuses).toEqual(
      new Map([
        [200, 5],
        [429, 3],
      ]),
    );
    const refused = await small.call('/v1/links?limit=1');
    expect(refused.headers.get('ratelimit-policy')).toBe('"hour";q=5;w=3600, "burst";q=5');
    expect(await tally(130, () => large.call('/v1/links?limit=1'))).toEqual(new Map([[200, 130]]));
  });

  it('limits guesses of keys by address, which no header of the caller can choose', async () => {
    const guess = (address: string) =>
      client.call('/v1/links', {
        withKey: false,
        headers: {
          authorization: 'Bearer guess',
          'x-forwarded-for': `198.51.100.${Math.floor(Math.random() * 250)}`,
          'x-local-viewer-ip': address,
        },
      });
    const statuses = await tally(300, () => guess('203.0.113.5'));
    expect(statuses.get(429)).toBeGreaterThan(0);
    expect((statuses.get(401) ?? 0) + (statuses.get(429) ?? 0)).toBe(300);
    expect((await guess('203.0.113.6')).status).toBe(401);
  });

  it('holds back a flood of redirects from one address', async () => {
    const follow = (address: string) =>
      client.follow('nothing-here', { 'x-local-viewer-ip': address });
    const statuses = new Set<number>();
    for (let n = 0; n < 5000 && !statuses.has(429); n++) {
      statuses.add((await follow('203.0.113.7')).status);
    }
    expect(statuses).toEqual(new Set([404, 429]));
    expect((await follow('203.0.113.8')).status).toBe(404);
  });
});
