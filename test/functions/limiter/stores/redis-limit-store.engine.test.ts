import { createClient } from '@redis/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StoreThrottled } from '../../../../functions/limiter/stores/limit-store.ts';
import { createRedisLimitStore } from '../../../../functions/limiter/stores/redis-limit-store.ts';
import { type RedisServer, type RedisTestClient, startRedis } from '../../../support/redis.ts';
import { hourAndBurst, window } from '../policies.ts';
import { limitStoreContract } from './limit-store.contract.ts';
import { describeWithRedis } from './redis-suite.ts';

const now = Date.UTC(2026, 0, 1, 12) * 1000;
const hour = hourAndBurst(1000, 100).limits;

describeWithRedis('Redis', () => {
  let server: RedisServer;
  let client: RedisTestClient;
  let clients: RedisTestClient[];
  beforeAll(async () => {
    server = await startRedis();
    clients = await Promise.all([1, 2, 3, 4].map(() => server.connect()));
    client = clients[0] as RedisTestClient;
  });
  afterAll(async () => server.stop());

  let opened = 0;
  limitStoreContract('Redis', () =>
    createRedisLimitStore({ client: clients[opened++ % clients.length] as RedisTestClient }),
  );

  describe('createRedisLimitStore on a server', () => {
    const charge = { key: 'a', limits: hour, cost: 1, nowMicros: now };
    const open = () => createRedisLimitStore({ client, prefix: '' });
    beforeEach(async () => {
      await client.flushAll();
    });

    const callsOf = async (command: string): Promise<number> => {
      const stats = await client.info('commandstats');
      return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
    };

    it('needs one command a decision, and one more after the server lost its scripts', async () => {
      const store = open();
      await client.scriptFlush();
      await client.configResetStat();
      for (let i = 0; i < 150; i++) await store.take({ ...charge, requestId: `r${i}` });
      expect([await callsOf('evalsha'), await callsOf('eval')]).toEqual([150, 1]);
      await client.scriptFlush();
      expect((await store.take(charge)).kind).toBe('denied');
      expect([await callsOf('evalsha'), await callsOf('eval')]).toEqual([151, 2]);
    });

    it('writes every digit of a time', async () => {
      await open().take({ ...charge, nowMicros: now + 1 });
      expect(await client.hGet('a', 't_100_3600000')).toBe(String(now + 1 + 3_600_000));
    });

    it('lets a key live for its limits, and never less than another policy needs', async () => {
      const store = open();
      const lives = async () => Math.ceil((await client.pTTL('a')) / 60_000);
      await store.take({ ...charge, limits: window(9, 60).limits });
      expect(await lives()).toBe(3);
      await store.take({ ...charge, limits: window(9, 3600).limits });
      expect(await lives()).toBe(62);
      await store.take({ ...charge, limits: window(9, 60).limits });
      expect(await lives()).toBe(62);
    });

    it('leaves no key behind when nothing is left to know', async () => {
      const store = open();
      await store.peek('a', now);
      await store.refund({ ...charge, requestId: 'r', units: 1 });
      await store.release({ ...charge, requestId: 'r' });
      await store.renew({ ...charge, requestId: 'r' });
      expect(await client.dbSize()).toBe(0);
      await store.take({ ...charge, requestId: 'r' });
      await store.reset('a');
      expect(await client.dbSize()).toBe(0);
    });

    it('keeps a subject with all the records there can be within 16 KiB, with 100 ids within 2 KiB', async () => {
      const store = open();
      for (let i = 0; i < 150; i++) {
        const nowMicros = now + i * 3.6e6;
        await store.take({ ...charge, nowMicros, requestId: `r${i}`, refundable: true });
      }
      expect(await client.memoryUsage('a', { SAMPLES: 0 })).toBeLessThan(16 * 1024);
      await client.del('a');
      for (let i = 0; i < 100; i++) await store.take({ ...charge, requestId: `r${i}` });
      expect(await client.memoryUsage('a', { SAMPLES: 0 })).toBeLessThan(2 * 1024);
    });

    it('drops the ids of epochs that are over with the next id', async () => {
      const { limits } = window(9, 3600);
      for (const at of [0, 30e6, 90e6]) {
        await open().take({ ...charge, limits, nowMicros: now + at, requestId: `${at}` });
      }
      const epoch = now / 30e6;
      const fields = (await client.hKeys('a')).filter((field) => field.startsWith('d_'));
      expect(fields).toEqual([`d_${epoch + 3}`]);
    });

    it('remembers 128 requests, recorded or not', async () => {
      const { limits } = window(200, 3600);
      for (let i = 0; i < 140; i++) {
        await open().take({ ...charge, limits, requestId: `r${i}`, refundable: i < 100 });
      }
      expect((await open().peek('a', now)).requestIds).toHaveLength(128);
    });

    it('is throttled, and still refuses, when memory is full', async () => {
      const store = open();
      const { limits } = window(1, 60);
      await store.take({ ...charge, limits });
      await client.configSet('maxmemory', '1');
      try {
        expect((await store.take({ ...charge, limits })).kind).toBe('denied');
        await expect(store.take({ ...charge, key: 'b', limits })).rejects.toThrow(StoreThrottled);
      } finally {
        await client.configSet('maxmemory', '0');
      }
      expect(await client.exists('b')).toBe(0);
    });

    it('is throttled while the script of somebody else does not end', async () => {
      await client.configSet('busy-reply-threshold', '1');
      const other = await server.connect();
      const endless = other.eval('while true do end').catch((error: Error) => error.message);
      // The two come on two connections: takes that come before the script are answered.
      const refusal = async (): Promise<unknown> => {
        for (;;) {
          try {
            await open().take({ ...charge, key: 'busy', limits: window(1, 60).limits });
          } catch (error) {
            return error;
          }
        }
      };
      expect(await refusal()).toBeInstanceOf(StoreThrottled);
      await client.sendCommand(['SCRIPT', 'KILL']);
      expect(await endless).toContain('killed');
    });

    it('names a key of another kind', async () => {
      await client.set('a', 'a string');
      await expect(open().take(charge)).rejects.toThrow('WRONGTYPE');
    });

    it('takes a charge back that waits for the connection when it is aborted', async () => {
      const late = createClient({ url: server.url });
      const connecting = late.connect();
      const controller = new AbortController();
      const store = createRedisLimitStore({ client: late, prefix: '' });
      const taking = store.take(charge, controller.signal);
      controller.abort();
      await expect(taking).rejects.toThrow('aborted');
      await connecting;
      expect((await store.peek('a', now)).numbers).toEqual({});
      late.destroy();
    });
  });
});
