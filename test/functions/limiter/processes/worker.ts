/** One process of a service: takes orders from the test, and its clock with each of them. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLimiter, type Limiter } from '../../../../functions/limiter/limiter.ts';
import { definePolicy, type Policy } from '../../../../functions/limiter/policy.ts';
import { createDynamoLimitStore } from '../../../../functions/limiter/stores/dynamo-limit-store.ts';
import type { LimitStore } from '../../../../functions/limiter/stores/limit-store.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import type { Answer, Fate, Order } from './order.ts';

const [endpoint = '', tableName = ''] = process.argv.slice(2);
const client = new DynamoDBClient({
  endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
});
const clock = manualClock();
let fate: Fate = {};
let undelivered: (() => Promise<unknown>)[] = [];

const open = (): Limiter => {
  const dynamo = createDynamoLimitStore({ client, tableName });
  const store: LimitStore = {
    ...dynamo,
    take: async (charge, signal) => {
      const { answerLost, answersAfterMs = 0 } = fate;
      const answer = await dynamo.take(charge, signal);
      clock.advance(answersAfterMs);
      if (answerLost) throw new Error('lost');
      return answer;
    },
    refund: async (refund, signal) => {
      if (fate.refunds !== 'late') {
        if (fate.refunds === 'twice') await dynamo.refund(refund, signal);
        return dynamo.refund(refund, signal);
      }
      undelivered.push(async () => dynamo.refund(refund));
      throw new Error('late');
    },
  };
  const budget = { warmMs: 20_000, coldMs: 20_000 };
  return createLimiter({ store, clock, budget, breaker: { failures: 1e9 }, returnsLeases: true });
};

const remembered = <T>(make: (name: string) => T) => {
  const known = new Map<string, T>();
  return (name: string): T => {
    const value = known.get(name) ?? make(name);
    known.set(name, value);
    return value;
  };
};
const limiterOf = remembered(open);
const policyOf = remembered((input): Policy => definePolicy(JSON.parse(input)));

const deliver = async (): Promise<void> => {
  for (const send of undelivered.splice(0)) await send();
  undelivered = [];
};

const obey = async (order: Order): Promise<Omit<Answer, 'nowMs'>> => {
  const { call, run, key, cost = 1, requestId = '' } = order;
  const limiter = limiterOf(run);
  const policy = policyOf(JSON.stringify(order.policy));
  if (call === 'take') {
    const options = { cost, ...(order.requestId !== undefined && { requestId }) };
    const { allowed, reason, retryAfterSeconds } = await limiter.take(policy, key, options);
    return { allowed, reason, retryAfterSeconds };
  }
  const settled = { allowed: true, retryAfterSeconds: 0 };
  if (call === 'refund') {
    return { ...settled, settlement: await limiter.refund(policy, key, { requestId, cost }) };
  }
  if (call === 'release') {
    return { ...settled, settlement: await limiter.release(policy, key, { requestId }) };
  }
  await (call === 'close' ? limiter.close() : deliver());
  return settled;
};

process.on('message', async ({ id, order }: { id: number; order: Order }) => {
  clock.set(order.nowMs);
  fate = order;
  process.send?.({ id, answer: { ...(await obey(order)), nowMs: clock.now() } satisfies Answer });
});
process.send?.('ready');
