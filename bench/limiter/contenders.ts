import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { createClient } from '@redis/client';
import { RateLimiterDynamo, RateLimiterRedis } from 'rate-limiter-flexible';
import { systemClock } from '../../functions/kernel/clock.ts';
import { createLimiter } from '../../functions/limiter/limiter.ts';
import { definePolicy, type LimitInput } from '../../functions/limiter/policy.ts';
import { createDynamoLimitStore } from '../../functions/limiter/stores/dynamo-limit-store.ts';
import { createLimitsClient } from '../../functions/limiter/stores/dynamo-limits-client.ts';
import type { LimitStore } from '../../functions/limiter/stores/limit-store.ts';
import { createRedisLimitStore } from '../../functions/limiter/stores/redis-limit-store.ts';
import { countUsage, engineConfig, type Usage } from './counted-client.ts';

export const contenders = [
  'Hopgate',
  'Hopgate, no request ids',
  'Hopgate, leased',
  'rate-limiter-flexible',
  'rate-limiter-flexible, blocking',
  'read, then write',
  'Hopgate on Redis',
  'Hopgate on Redis, leased',
  'rate-limiter-flexible on Redis',
] as const;

export type Contender = (typeof contenders)[number];

export const tables = { ours: 'limits', theirs: 'flexible', naive: 'naive' } as const;

/** Which limiter, under which limits. */
export interface Setting {
  readonly endpoint: string;
  readonly redisUrl: string;
  readonly contender: Contender;
  /** Names the subjects, so that scenarios do not meet. */
  readonly scenario: string;
  readonly limitPerHour: number;
  readonly burst: number;
}

export interface Opened {
  readonly take: (key: string, requestId: string, cost: number) => Promise<boolean>;
  readonly usage: () => Usage;
  readonly close: () => Promise<void>;
}

type Take = Opened['take'];

/** A burst and an hour's window on one item, and a global limit over all. */
const ours = (store: LimitStore, { contender, scenario, limitPerHour, burst }: Setting): Take => {
  const leased = contender.endsWith('leased');
  const hasIds = !contender.endsWith('no request ids');
  const hour = { limit: limitPerHour, windowSeconds: 3600 };
  const limits: readonly LimitInput[] = [
    { ...hour, algorithm: 'fixed-window', name: 'hour' },
    { ...hour, algorithm: 'token-bucket', name: 'burst', burst },
  ];
  const policy = definePolicy({ name: scenario, limits, onFailure: 'closed', leased });
  const shared = definePolicy({
    name: 'global',
    limits: [{ algorithm: 'fixed-window', name: 'global', limit: 1e9, windowSeconds: 3600 }],
  });
  const budget = { warmMs: 20_000, coldMs: 20_000 };
  const limiter = createLimiter({ store, clock: systemClock, shared, budget });
  return async (key, requestId, cost) => {
    const options = { cost, ...(hasIds && { requestId }) };
    const { allowed, reason } = await limiter.take(policy, key, options);
    if (reason.startsWith('failed')) throw new Error(`the limiter ${reason}`);
    return allowed;
  };
};

interface Consuming {
  consume(key: string, points: number): Promise<unknown>;
}

const theirs =
  (limiter: Consuming): Take =>
  async (key, _, cost) => {
    try {
      await limiter.consume(key, cost);
      return true;
    } catch (refusal) {
      if (refusal instanceof Error) throw refusal;
      return false;
    }
  };

const theirOptions = ({ contender, scenario, limitPerHour }: Setting) => ({
  keyPrefix: scenario,
  points: limitPerHour,
  duration: 3600,
  ...(contender.endsWith('blocking') && {
    inMemoryBlockOnConsumed: limitPerHour + 1,
    inMemoryBlockDuration: 3600,
  }),
});

const theirDynamo = (client: DynamoDB, setting: Setting): Take =>
  theirs(
    new RateLimiterDynamo({
      ...theirOptions(setting),
      storeClient: client,
      tableName: tables.theirs,
      tableCreated: true,
      ttlSet: true,
    }),
  );

/** What one writes first: two callers that read the same count both pass. */
const readThenWrite = (client: DynamoDB, { scenario, limitPerHour }: Setting): Take => {
  const documents = DynamoDBDocumentClient.from(client);
  return async (key, _, cost) => {
    const hour = Math.floor(Date.now() / 3_600_000);
    const Key = { pk: `${scenario}#${key}#${hour}` };
    const { Item } = await documents.send(
      new GetCommand({ TableName: tables.naive, Key, ConsistentRead: true }),
    );
    const count = (Item?.count ?? 0) + cost;
    if (count > limitPerHour) return false;
    await documents.send(new PutCommand({ TableName: tables.naive, Item: { ...Key, count } }));
    return true;
  };
};

/** Each limiter with the client that its guide asks for. */
const openDynamo = (setting: Setting): Opened => {
  const { contender } = setting;
  const config = engineConfig(setting.endpoint);
  if (contender.startsWith('Hopgate')) {
    const client = createLimitsClient(config);
    const usage = countUsage(client);
    const take = ours(createDynamoLimitStore({ client, tableName: tables.ours }), setting);
    return { take, usage, close: async () => client.destroy() };
  }
  const client = new DynamoDB({ ...config, maxAttempts: 1 });
  const usage = countUsage(client);
  const isNaive = contender === 'read, then write';
  const take = isNaive ? readThenWrite(client, setting) : theirDynamo(client, setting);
  return { take, usage, close: async () => client.destroy() };
};

const openRedis = async (setting: Setting): Promise<Opened> => {
  const client = createClient({ url: setting.redisUrl });
  await client.connect();
  let roundTrips = 0;
  // On what the client and its views with other options derive from.
  const origin = Object.getPrototypeOf(client) as Record<'eval' | 'evalSha', () => unknown>;
  for (const command of ['eval', 'evalSha'] as const) {
    const send = origin[command];
    Object.defineProperty(origin, command, {
      value(this: unknown, ...args: []) {
        roundTrips++;
        return send.apply(this, args);
      },
    });
  }
  const take = setting.contender.startsWith('Hopgate')
    ? ours(createRedisLimitStore({ client }), setting)
    : theirs(
        new RateLimiterRedis({
          ...theirOptions(setting),
          storeClient: client,
          useRedisPackage: true,
        }),
      );
  return { take, usage: () => ({ roundTrips, writeUnits: 0 }), close: async () => client.close() };
};

export const onRedis = (contender: Contender): boolean => contender.includes('Redis');

/** One contender in this process: takes of a subject, and what they have cost so far. */
export const openContender = async (setting: Setting): Promise<Opened> =>
  onRedis(setting.contender) ? openRedis(setting) : openDynamo(setting);
