import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { RateLimiterDynamo } from 'rate-limiter-flexible';
import { systemClock } from '../../functions/kernel/clock.ts';
import { createLimiter } from '../../functions/limiter/limiter.ts';
import { definePolicy } from '../../functions/limiter/policy.ts';
import { createDynamoLimitStore } from '../../functions/limiter/stores/dynamo-limit-store.ts';

/** What one process does: which limiter, on how many keys, and how much there is to take. */
export interface Job {
  readonly endpoint: string;
  readonly contender: Contender;
  /** Names the subjects, so that scenarios do not meet. */
  readonly scenario: string;
  readonly keys: number;
  readonly limitPerHour: number;
  readonly burst: number;
  readonly decisions: number;
  readonly concurrency: number;
  readonly seed: number;
  /** Keys in turn instead of at random. */
  readonly inTurn?: boolean;
}

export type Contender = 'hopgate' | 'rate-limiter-flexible' | 'rate-limiter-flexible, blocking';

export interface Usage {
  readonly roundTrips: number;
  readonly writeUnits: number;
}

export const tables = { ours: 'limits', theirs: 'flexible' } as const;

/** A client whose round trips and billed write units are counted; a failed condition bills one. */
export const createCountedClient = (endpoint: string) => {
  const client = new DynamoDB({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts: 1,
  });
  let [roundTrips, writeUnits] = [0, 0];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== 'UpdateItemCommand') return next(args);
      roundTrips++;
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
      try {
        const result = await next(args);
        const { ConsumedCapacity } = result.output as {
          ConsumedCapacity?: { CapacityUnits?: number };
        };
        writeUnits += ConsumedCapacity?.CapacityUnits ?? 0;
        return result;
      } catch (error) {
        writeUnits++;
        throw error;
      }
    },
    { step: 'initialize', name: 'count', priority: 'low' },
  );
  return { client, usage: (): Usage => ({ roundTrips, writeUnits }) };
};

type Take = (key: string, requestId: string) => Promise<boolean>;

const oursOn = (client: DynamoDB, job: Job): Take => {
  const hour = { limit: job.limitPerHour, windowSeconds: 3600 };
  const policy = definePolicy({
    name: job.scenario,
    limits: [
      { ...hour, algorithm: 'fixed-window', name: 'hour' },
      { ...hour, algorithm: 'token-bucket', name: 'burst', burst: job.burst },
    ],
    onFailure: 'closed',
  });
  const shared = definePolicy({
    name: 'global',
    limits: [{ algorithm: 'fixed-window', name: 'global', limit: 1_000_000, windowSeconds: 3600 }],
  });
  const documents = DynamoDBDocumentClient.from(client);
  const limiter = createLimiter({
    store: createDynamoLimitStore({ client: documents, tableName: tables.ours }),
    clock: systemClock,
    shared,
    budget: { warmMs: 5_000, coldMs: 5_000 },
  });
  return async (key, requestId) => {
    const { allowed, reason } = await limiter.take(policy, key, { requestId });
    if (reason.startsWith('failed')) throw new Error(`the limiter ${reason}`);
    return allowed;
  };
};

const theirsOn = (client: DynamoDB, job: Job): Take => {
  const limiter = new RateLimiterDynamo({
    storeClient: client,
    tableName: tables.theirs,
    tableCreated: true,
    ttlSet: true,
    keyPrefix: `${job.contender}-${job.scenario}`,
    points: job.limitPerHour,
    duration: 3600,
    ...(job.contender.endsWith('blocking') && {
      inMemoryBlockOnConsumed: job.limitPerHour + 1,
      inMemoryBlockDuration: 3600,
    }),
  });
  return async (key) => {
    try {
      await limiter.consume(key);
      return true;
    } catch (refusal) {
      if (refusal instanceof Error) throw refusal;
      return false;
    }
  };
};

/** One contender in this process: takes of a subject, and what they have cost so far. */
export const openContender = (job: Job): { readonly take: Take; readonly usage: () => Usage } => {
  const { client, usage } = createCountedClient(job.endpoint);
  return { take: (job.contender === 'hopgate' ? oursOn : theirsOn)(client, job), usage };
};
