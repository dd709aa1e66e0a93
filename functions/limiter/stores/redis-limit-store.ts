import type { LimitStore, StoreAnswer } from './limit-store.ts';
import { limitScript } from './redis/limit-script.ts';
import {
  type ScriptRequest,
  toLeaseRequest,
  toRefundRequest,
  toTakeRequest,
} from './redis/script-request.ts';
import { createScriptRunner, type RedisClient } from './redis/script-runner.ts';
import { readFields } from './redis/subject-fields.ts';

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
  const runScript = createScriptRunner(client, limitScript);

  const ask = async (key: string, request: ScriptRequest, signal: AbortSignal | undefined) => {
    const reply = await runScript(`${prefix}${key}`, JSON.stringify(request), signal);
    // A client may be set to answer in buffers.
    const [kind = '', ...fields] = String(reply).split('\n');
    return { kind, state: readFields(fields, request.nowMicros) };
  };

  const isSettled = async (...asked: Parameters<typeof ask>): Promise<boolean> =>
    (await ask(...asked)).kind === 'settled';

  return {
    take: async (charge, signal) => {
      const { kind, state } = await ask(charge.key, toTakeRequest(charge), signal);
      return { kind: kind as StoreAnswer['kind'], state };
    },
    peek: async (key, nowMicros, signal) =>
      (await ask(key, { operation: 'peek', nowMicros }, signal)).state,
    refund: (refund, signal) => isSettled(refund.key, toRefundRequest(refund), signal),
    release: (hold, signal) => isSettled(hold.key, toLeaseRequest('release', hold), signal),
    renew: (hold, signal) => isSettled(hold.key, toLeaseRequest('renew', hold), signal),
    reset: async (key, signal) => {
      await ask(key, { operation: 'reset', nowMicros: 0 }, signal);
    },
  };
};
