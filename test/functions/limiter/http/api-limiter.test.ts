import { describe, expect, it } from 'vitest';
import { apiLimiter } from '../../../../functions/limiter/http/api-limiter.ts';
import { createKeyPolicies } from '../../../../functions/limiter/http/key-policies.ts';
import { createLimiter } from '../../../../functions/limiter/limiter.ts';
import type { LimitStore } from '../../../../functions/limiter/stores/limit-store.ts';
import { createMemoryLimitStore } from '../../../../functions/limiter/stores/memory-limit-store.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { hourAndBurst, window } from '../policies.ts';

const setUp = ({
  onFailure = 'open' as 'open' | 'closed',
  secretFails = false,
  hasShared = false,
} = {}) => {
  const clock = manualClock(Date.UTC(2026, 0, 1, 12));
  const memory = createMemoryLimitStore();
  const keys: string[] = [];
  let isDown = false;
  const seen = (key: string) => {
    keys.push(key);
    if (isDown) throw new Error('down');
  };
  const store: LimitStore = {
    ...memory,
    take: async (charge) => {
      seen(charge.key);
      return memory.take(charge);
    },
    peek: async (key, nowMicros) => {
      seen(key);
      return memory.peek(key, nowMicros);
    },
  };
  let secret = 'monday';
  const shared = window(1_000, 3600, 'all');
  const api = apiLimiter({
    limiter: createLimiter({ store, clock, ...(hasShared && { shared }) }),
    checksLimiter: createLimiter({ store, clock }),
    keyPolicies: createKeyPolicies({
      perKey: { limitPerHour: 1000, burst: 2, mode: 'enforce', onFailure },
      checksPerKey: { limitPerSecond: 2, burst: 2, mode: 'enforce', onFailure: 'open' },
      perIp: { limitPerHour: 300, burst: 1, mode: 'enforce', onFailure: 'open' },
      global: { limitPerHour: 1_000, mode: 'enforce', onFailure: 'open' },
    }),
    perIp: hourAndBurst(300, 1, { name: 'ip' }),
    addressSecret: {
      current: async () => {
        if (secretFails) throw new Error('down');
        return secret;
      },
    },
  });
  const fail = () => {
    isDown = true;
  };
  const nextDay = () => {
    secret = 'tuesday';
  };
  return { api, keys, fail, nextDay };
};

describe('apiLimiter', () => {
  it('charges a key, with headers for the answer', async () => {
    const { api, keys } = setUp();
    const decision = await api.takeForKey('key-1', 'request-1');
    expect(decision).toMatchObject({
      allowed: true,
      headers: { ratelimit: '"hour";r=999;t=3600, "burst";r=1;t=4' },
    });
    expect(decision).not.toHaveProperty('problem');
    expect(keys).toEqual(['key#key-1']);
  });

  it('charges a key by its own limits, which take effect on what is charged already', async () => {
    const { api } = setUp();
    const take = (id: string, limitPerHour?: number) =>
      api.takeForKey('key-1', id, limitPerHour ? { limits: { requests: { limitPerHour } } } : {});
    for (const id of ['a', 'b']) expect((await take(id)).allowed).toBe(true);
    expect((await take('c')).allowed).toBe(false);
    const raised = await take('d', 5000);
    expect(raised.headers['ratelimit-policy']).toBe('"hour";q=5000;w=3600, "burst";q=2');
    expect(raised).toMatchObject({ allowed: true, verdicts: [{ remaining: 4997 }, {}] });
    expect((await take('e', 3)).problem?.extensions).toEqual({
      'violated-policies': ['hour'],
    });
  });

  it('charges a request once', async () => {
    const { api } = setUp();
    for (let i = 0; i < 5; i++) {
      expect((await api.takeForKey('key-1', 'request-1')).allowed).toBe(true);
    }
  });

  it("charges a key's checks to a limit of their own, and not to what all requests share", async () => {
    const { api, keys } = setUp({ hasShared: true });
    for (const id of ['a', 'b']) {
      expect((await api.takeForKey('key-1', id, { policy: 'checks' })).allowed).toBe(true);
    }
    const refused = await api.takeForKey('key-1', 'c', { policy: 'checks' });
    expect(refused).toMatchObject({
      allowed: false,
      problem: { extensions: { 'violated-policies': ['checks'] } },
    });
    expect(new Set(keys)).toEqual(new Set(['checks#key-1']));
    expect((await api.takeForKey('key-1', 'd')).allowed).toBe(true);
    expect(keys).toContain('all#all');
  });

  it('refuses with the registered problem, its violated policies and Retry-After', async () => {
    const { api } = setUp();
    await api.takeForKey('key-1', 'request-1', { cost: 2 });
    expect(await api.takeForKey('key-1', 'request-2')).toMatchObject({
      allowed: false,
      headers: { 'retry-after': '4' },
      problem: {
        code: 'quota-exceeded',
        detail: 'Too many requests for the limit "burst" (2). Try again in 4 s.',
        extensions: { 'violated-policies': ['burst'] },
      },
    });
  });

  it('answers unavailable where the policy fails closed', async () => {
    const { api, fail } = setUp({ onFailure: 'closed' });
    fail();
    expect(await api.takeForKey('key-1', 'request-1')).toMatchObject({
      allowed: false,
      headers: { 'retry-after': '1' },
      problem: { code: 'unavailable' },
    });
  });

  it('counts the addresses of one /64 as one, and stores none of them', async () => {
    const { api, keys } = setUp();
    expect((await api.takeForIp('2001:db8::1', 'request-1')).allowed).toBe(true);
    expect((await api.takeForIp('2001:db8::2', 'request-2')).allowed).toBe(false);
    expect((await api.takeForIp('203.0.113.9', 'request-3')).allowed).toBe(true);
    expect((await api.takeForIp('::ffff:203.0.113.9', 'request-4')).allowed).toBe(false);
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^ip#[\w-]{16}$/);
  });

  it('does not link an address to what it was the day before', async () => {
    const { api, keys, nextDay } = setUp();
    await api.takeForIp('203.0.113.9', 'request-1');
    nextDay();
    await api.takeForIp('203.0.113.9', 'request-2');
    expect(new Set(keys).size).toBe(2);
  });

  it('limits addresses by a secret of its own while there is no other', async () => {
    const { api } = setUp({ secretFails: true });
    expect((await api.takeForIp('203.0.113.9', 'request-1')).allowed).toBe(true);
    expect((await api.takeForIp('203.0.113.9', 'request-2')).allowed).toBe(false);
  });

  it('warms the connection, whether or not the store answers', async () => {
    const { api, keys, fail } = setUp();
    await api.warm();
    expect(keys).toEqual(['key#warm']);
    fail();
    await expect(api.warm()).resolves.toBeUndefined();
    const broken = setUp({ secretFails: true });
    await expect(broken.api.warm()).resolves.toBeUndefined();
  });
});
