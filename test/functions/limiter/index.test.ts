import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LimitPolicies } from '../../../functions/limiter/env.ts';
import { createApiLimiter } from '../../../functions/limiter/index.ts';
import { manualClock } from '../../support/manual-clock.ts';

process.env.AWS_REGION = 'eu-central-1';
const dynamo = mockClient(DynamoDBClient);
beforeEach(() => dynamo.reset());

const row = { limitPerHour: 1000, burst: 100, onFailure: 'open', mode: 'enforce' } as const;
const policies: LimitPolicies = {
  perKey: row,
  perIp: row,
  global: { limitPerHour: 1_000_000, onFailure: 'open', mode: 'enforce' },
};
const setUp = () =>
  createApiLimiter({ env: { limitsTable: 'limits', policies }, clock: manualClock() });

describe('createApiLimiter', () => {
  it('takes the shared limit by lease, ten at a time, and one write a request of a key', async () => {
    dynamo.on(UpdateItemCommand).resolves({ Attributes: {} });
    const limiter = setUp();
    for (let i = 0; i < 10; i++) await limiter.takeForKey('a', `request-${i}`);
    const keys = dynamo.commandCalls(UpdateItemCommand).map(({ args }) => args[0].input.Key?.pk?.S);
    expect(keys).toEqual(['global#all', ...Array(10).fill('key#a')]);
    expect(dynamo.calls()).toHaveLength(11);
  });

  it('warms with two reads, of which one finds the secret of the day', async () => {
    dynamo.on(GetItemCommand).resolves({ Item: { secret: { S: 'x' } } });
    await setUp().warm();
    expect(dynamo.calls()).toHaveLength(2);
    expect(dynamo.commandCalls(UpdateItemCommand)).toHaveLength(0);
  });
});
