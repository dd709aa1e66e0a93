import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { toAttributes } from '../../../../functions/limiter/stores/dynamo/attribute-values.ts';
import { createDynamoLimitStore } from '../../../../functions/limiter/stores/dynamo-limit-store.ts';
import { hourAndBurst, window } from '../policies.ts';

const client = new DynamoDBClient({ region: 'eu-central-1' });
const dynamo = mockClient(client);
beforeEach(() => dynamo.reset());

const now = Date.UTC(2026, 0, 1, 12) * 1000;
const { limits } = hourAndBurst(1000, 100);
const charge = { key: 'key#a', limits, cost: 1, nowMicros: now };
const open = () => createDynamoLimitStore({ client, tableName: 'limits' });
const sent = (index: number) => dynamo.commandCalls(UpdateItemCommand)[index]?.args[0].input;

describe('createDynamoLimitStore', () => {
  it('removes what is over with the next write, and nothing sooner', async () => {
    const epoch = Math.floor(now / 30e6);
    const current = Math.floor(now / 3600e6);
    dynamo.on(UpdateItemCommand).resolves({
      Attributes: toAttributes({
        [`w_3600_${current - 2}`]: 7,
        [`w_3600_${current - 1}`]: 7,
        t_50_1000: now - 3600e6,
        t_60_1000: now - 3599e6,
        [`d_${epoch - 2}`]: new Set(['aaaaaa']),
        [`d_${epoch - 1}`]: new Set(['bbbbbb']),
        ttl: 1,
      }),
    });
    const store = open();
    await store.take(charge);
    await store.take(charge);
    expect(sent(0)?.UpdateExpression).not.toContain('REMOVE');
    const names = sent(1)?.ExpressionAttributeNames ?? {};
    const removed = Object.entries(names).filter(([alias]) => alias.startsWith('#x'));
    expect(removed.map(([, name]) => name)).toEqual([
      `w_3600_${current - 2}`,
      't_50_1000',
      `d_${epoch - 2}`,
    ]);
  });

  it('keeps the window that has just ended for clocks that run late', async () => {
    const ended = Math.floor(now / 3600e6) - 1;
    dynamo.on(UpdateItemCommand).resolves({ Attributes: toAttributes({ [`w_3600_${ended}`]: 7 }) });
    const store = open();
    await store.take(charge);
    await store.take({ ...charge, nowMicros: now + 59e6 });
    await store.take({ ...charge, nowMicros: now + 60e6 });
    expect(sent(1)?.UpdateExpression).not.toContain('REMOVE');
    expect(sent(2)?.UpdateExpression).toContain('REMOVE #x0');
  });

  it('lets an item live until no limit can need it', async () => {
    dynamo.on(UpdateItemCommand).resolves({ Attributes: {} });
    await open().take({ ...charge, limits: window(1, 60).limits });
    expect(sent(0)?.ExpressionAttributeValues?.[':ttl']).toEqual({
      N: String(now / 1e6 + 60 + 120),
    });
  });
});
