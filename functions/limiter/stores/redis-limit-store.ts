import type { LimitStore, StoreAnswer } from './limit-store.ts';
import { createScriptRunner, type RedisClient } from './redis/script-runner.ts';
import {
  type SettleRequest,
  toRefundRequest,
  toReleaseRequest,
  toRenewRequest,
} from './redis/settle-request.ts';
import { settleScript } from './redis/settle-script.ts';
import { readAnswer } from './redis/subject-fields.ts';
import { toTakeArguments } from './redis/take-arguments.ts';
import { takeScript } from './redis/take-script.ts';

/**
 * Subjects as hashes of Redis 5 or later, or Valkey; one round trip a decision. The caller makes,
 * connects and closes the `client` (of `@redis/client`; with `disableOfflineQueue`, or commands wait
 * for a connection until their time is over).
 *
 * Use `maxmemory-policy noeviction`: an evicted key has its whole quota again. Replication is
 * asynchronous: a failover may forget the last charges. Peeks too are asked of the master.
 */
export const createRedisLimitStore = ({
  client,
  prefix = 'hopgate:limit:',
}: {
  readonly client: RedisClient;
  /** Before each subject's key. @default hopgate:limit: */
  readonly prefix?: string;
}): LimitStore => {
  const runTake = createScriptRunner(client, takeScript);
  const runSettle = createScriptRunner(client, settleScript);

  const settle = async (key: string, request: SettleRequest, signal: AbortSignal | undefined) => {
    const reply = await runSettle(`${prefix}${key}`, [JSON.stringify(request)], signal);
    return readAnswer(reply, request.nowMicros);
  };

  const isSettled = async (...asked: Parameters<typeof settle>): Promise<boolean> =>
    (await settle(...asked)).kind === 'settled';

  return {
    take: async (charge, signal) => {
      const reply = await runTake(`${prefix}${charge.key}`, toTakeArguments(charge), signal);
      const { kind, state } = readAnswer(reply, charge.nowMicros);
      return { kind: kind as StoreAnswer['kind'], state };
    },
    peek: async (key, nowMicros, signal) =>
      (await settle(key, { operation: 'peek', nowMicros }, signal)).state,
    refund: (refund, signal) => isSettled(refund.key, toRefundRequest(refund), signal),
    release: (hold, signal) => isSettled(hold.key, toReleaseRequest(hold), signal),
    renew: async (hold, signal) => {
      const request = toRenewRequest(hold);
      return request !== undefined && isSettled(hold.key, request, signal);
    },
    reset: async (key, signal) => {
      await settle(key, { operation: 'reset', nowMicros: 0 }, signal);
    },
  };
};
