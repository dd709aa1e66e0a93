import { createHash } from 'node:crypto';
import type {
  RedisClientPoolType,
  RedisClientType,
  RedisClusterType,
  RedisSentinelType,
} from '@redis/client';
import { describe, expect, it, vi } from 'vitest';
import { StoreThrottled } from '../../../../functions/limiter/stores/limit-store.ts';
import { toTakeArguments } from '../../../../functions/limiter/stores/redis/take-arguments.ts';
import { takeScript } from '../../../../functions/limiter/stores/redis/take-script.ts';
import { createRedisLimitStore } from '../../../../functions/limiter/stores/redis-limit-store.ts';
import { hourAndBurst } from '../policies.ts';

const now = Date.UTC(2026, 0, 1, 12) * 1000;
const { limits } = hourAndBurst(1000, 100);
const charge = { key: 'key#a', limits, cost: 1, nowMicros: now };
const hour = `w_3600_${now / 3600e6}`;
const noScript = new Error('NOSCRIPT No matching script. Please use EVAL.');
const digest = createHash('sha1').update(takeScript).digest('hex');

type Send = (script: string, options: { keys: string[]; arguments: string[] }) => Promise<unknown>;

/** A client that answers as told; both ways to run a script are recorded. */
const setUp = (prefix?: string) => {
  const commands = {
    evalSha: vi.fn<Send>(async () => `charged\n${hour}\n1`),
    eval: vi.fn<Send>(async () => `charged\n${hour}\n1`),
  };
  const withCommandOptions = vi.fn((_: { abortSignal: AbortSignal; timeout: number }) => commands);
  const store = createRedisLimitStore({
    client: { ...commands, withCommandOptions },
    ...(prefix !== undefined && { prefix }),
  });
  const sent = () => {
    const [, options] = commands.evalSha.mock.calls.at(-1) ?? [];
    return { keys: options?.keys, args: options?.arguments };
  };
  return { ...commands, withCommandOptions, store, sent };
};

describe('createRedisLimitStore', () => {
  it('decides by one command on one key', async () => {
    const { store, evalSha, eval: evaluate, sent } = setUp();
    expect(await store.take(charge)).toEqual({
      kind: 'charged',
      state: { numbers: { [hour]: 1 }, requestIds: [], leases: {} },
    });
    expect(evalSha).toHaveBeenCalledTimes(1);
    expect(evalSha.mock.calls[0]?.[0]).toBe(digest);
    expect(evaluate).not.toHaveBeenCalled();
    expect(sent().keys).toEqual(['hopgate:limit:key#a']);
    expect(sent().args).toEqual(toTakeArguments(charge));
  });

  it('sends the text once to a server that does not have the script', async () => {
    const { store, evalSha, eval: evaluate } = setUp('mine:');
    evalSha.mockRejectedValueOnce(noScript);
    expect((await store.take(charge)).kind).toBe('charged');
    const options = { keys: ['mine:key#a'], arguments: toTakeArguments(charge) };
    expect(evaluate.mock.calls).toEqual([[takeScript, options]]);
    await store.take(charge);
    expect(evalSha).toHaveBeenCalledTimes(2);
    expect(evaluate).toHaveBeenCalledTimes(1);
  });

  it('reads answers in buffers, ids and leases', async () => {
    const { store, evalSha } = setUp();
    const epoch = now / 30e6;
    const fields = [hour, '7', `d_${epoch - 2}`, 'old111', `d_${epoch}`, 'aaaaaa bbbbbb'];
    const more = [
      'r_cccccc',
      String(now - 599e6),
      'r_dddddd',
      String(now - 600e6),
      'l_eeeeee',
      '9',
    ];
    evalSha.mockResolvedValue(Buffer.from(['peeked', ...fields, ...more].join('\n')));
    expect(await store.peek('key#a', now)).toEqual({
      numbers: { [hour]: 7, r_cccccc: now - 599e6, r_dddddd: now - 600e6 },
      requestIds: ['aaaaaa', 'bbbbbb', 'cccccc'],
      leases: { eeeeee: 9 },
    });
  });

  it.each([
    'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
    "OOM command not allowed when used memory > 'maxmemory'. script: 1f, on @user_script:1.",
  ])('calls it a throttle when the server says %s', async (message) => {
    const { store, evalSha, eval: evaluate } = setUp();
    const cause = new Error(message);
    evalSha.mockRejectedValue(cause);
    await expect(store.take(charge)).rejects.toThrow(StoreThrottled);
    await expect(store.peek('key#a', now)).rejects.toMatchObject({ cause });
    expect(evaluate).not.toHaveBeenCalled();
    evalSha.mockRejectedValue(noScript);
    evaluate.mockRejectedValue(cause);
    await expect(store.take(charge)).rejects.toThrow(StoreThrottled);
  });

  it.each([
    'LOADING Redis is loading the dataset in memory',
    "READONLY You can't write against a read only replica.",
    'CLUSTERDOWN Hash slot not served',
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    'NOPERM this user has no permissions to run the evalsha command',
    'Socket closed unexpectedly',
  ])('passes a fault on and sends nothing again: %s', async (message) => {
    const { store, evalSha, eval: evaluate } = setUp();
    const fault = new Error(message);
    evalSha.mockRejectedValue(fault);
    await expect(store.take(charge)).rejects.toBe(fault);
    expect(evalSha).toHaveBeenCalledTimes(1);
    expect(evaluate).not.toHaveBeenCalled();
  });

  it('rejects at once when it is aborted, also while the server does not answer', async () => {
    const { store, evalSha, withCommandOptions } = setUp();
    evalSha.mockReturnValue(new Promise(() => {}));
    const controller = new AbortController();
    const taking = store.take(charge, controller.signal);
    const reason = new Error('too late');
    controller.abort(reason);
    await expect(taking).rejects.toBe(reason);
    expect(withCommandOptions).toHaveBeenCalledWith({
      abortSignal: controller.signal,
      timeout: 0,
    });
    await expect(store.take(charge, controller.signal)).rejects.toBe(reason);
    expect(evalSha).toHaveBeenCalledTimes(1);
  });

  it('does not send the text once it is aborted', async () => {
    const { store, evalSha, eval: evaluate } = setUp();
    const controller = new AbortController();
    evalSha.mockImplementation(async () => {
      controller.abort();
      throw noScript;
    });
    await expect(store.take(charge, controller.signal)).rejects.toThrow();
    expect(evaluate).not.toHaveBeenCalled();
  });

  it('takes every kind of client', () => {
    // Compiled: a client that does not fit fails the type check.
    const open = (
      client: RedisClientType | RedisClientPoolType | RedisClusterType | RedisSentinelType,
    ) => createRedisLimitStore({ client });
    expect(Object.keys(open(setUp() as unknown as RedisClientType))).toContain('take');
  });
});
