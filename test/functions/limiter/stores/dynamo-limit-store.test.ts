import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { toAttributes } from '../../../../functions/limiter/stores/dynamo/attribute-values.ts';
import { createDynamoLimitStore } from '../../../../functions/limiter/stores/dynamo-limit-store.ts';
import { StoreThrottled } from '../../../../functions/limiter/stores/limit-store.ts';
import { heapMiB } from '../heap.ts';
import { hourAndBurst } from '../policies.ts';

const client = new DynamoDBClient({ region: 'eu-central-1' });
const dynamo = mockClient(client);
beforeEach(() => dynamo.reset());

const now = Date.UTC(2026, 0, 1, 12) * 1000;
const { limits } = hourAndBurst(1000, 100);
const hour = `w_3600_${Math.floor(now / 3600e6)}`;
const charge = { key: 'key#a', limits, cost: 1, nowMicros: now };
const idle = 't_100_3600000 = :arrival';
const busy = 't_100_3600000 = if_not_exists(t_100_3600000, :now) + :price';
const open = () => createDynamoLimitStore({ client, tableName: 'limits' });

const refusal = (item?: Record<string, { N: string } | { SS: string[] }>) =>
  new ConditionalCheckFailedException({
    message: 'no',
    $metadata: {},
    ...(item && { Item: item }),
  });
const fault = (name: string) => Object.assign(new Error(name), { name });
const sent = (index: number) => dynamo.commandCalls(UpdateItemCommand)[index]?.args[0].input;

describe('createDynamoLimitStore', () => {
  it('decides in one conditional write that returns the item either way', async () => {
    dynamo.on(UpdateItemCommand).resolves({ Attributes: toAttributes({ pk: 'key#a', [hour]: 1 }) });
    expect((await open().take({ ...charge, requestId: 'r' })).kind).toBe('charged');
    expect(dynamo.calls()).toHaveLength(1);
    expect(sent(0)).toMatchObject({
      TableName: 'limits',
      Key: { pk: { S: 'key#a' } },
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    expect(sent(0)?.ConditionExpression).not.toMatch(/BETWEEN/);
  });

  it('names the window after its number and the bucket after its parameters', async () => {
    dynamo.on(UpdateItemCommand).resolves({ Attributes: {} });
    await open().take(charge);
    expect(sent(0)?.UpdateExpression).toBe(`SET #ttl = :ttl, ${busy} ADD ${hour} :cost`);
    expect(sent(0)?.ExpressionAttributeNames).toEqual({ '#ttl': 'ttl' });
  });

  it('needs no second call for a refusal', async () => {
    dynamo.on(UpdateItemCommand).rejects(refusal({ [hour]: { N: '1000' } }));
    const answer = await open().take(charge);
    expect(answer).toEqual({
      kind: 'denied',
      state: { numbers: { [hour]: 1000 }, requestIds: [], leases: {} },
    });
    expect(dynamo.calls()).toHaveLength(1);
  });

  it('words the next write by the arrival time that it saw last', async () => {
    dynamo
      .on(UpdateItemCommand)
      .resolves({ Attributes: toAttributes({ t_100_3600000: now + 3_600_000 }) });
    const store = open();
    await store.take(charge);
    await store.take(charge);
    expect(sent(1)?.UpdateExpression).toContain(busy);
    const later = now + 3_600_000 + 19e6;
    await store.take({ ...charge, nowMicros: later - 2e6 });
    await store.take({ ...charge, nowMicros: later });
    expect(sent(2)?.UpdateExpression).toContain(busy);
    expect(sent(3)?.UpdateExpression).toContain(idle);
  });

  it('writes once more, in the other form, when the first one was a wrong guess', async () => {
    dynamo
      .on(UpdateItemCommand)
      .rejectsOnce(refusal({ t_100_3600000: { N: String(now - 60e6) }, [hour]: { N: '1' } }))
      .resolves({ Attributes: toAttributes({ t_100_3600000: now + 3_600_000, [hour]: 2 }) });
    expect((await open().take(charge)).kind).toBe('charged');
    expect(sent(0)?.UpdateExpression).toContain(busy);
    expect(sent(1)?.UpdateExpression).toContain(idle);
  });

  it('guesses for a subject that it has not seen as the last such one turned out', async () => {
    const stale = refusal({ t_100_3600000: { N: String(now - 60e6) } });
    const owing = refusal({ t_100_3600000: { N: String(now + 3_600_000) } });
    dynamo
      .on(UpdateItemCommand)
      .rejectsOnce(stale)
      .resolvesOnce({ Attributes: {} })
      .rejectsOnce(owing)
      .resolves({ Attributes: {} });
    const store = open();
    for (const key of ['a', 'b', 'c']) await store.take({ ...charge, key: `key#${key}` });
    expect(sent(2)?.UpdateExpression).toContain(idle);
    expect(sent(4)?.UpdateExpression).toContain(busy);
  });

  it('serves an absent bucket in either form', async () => {
    dynamo
      .on(UpdateItemCommand)
      .resolves({ Attributes: toAttributes({ t_100_3600000: now - 60e6 }) });
    const store = open();
    await store.take(charge);
    await store.take(charge);
    expect(sent(0)?.ConditionExpression).toMatch(
      /NOT t_100_3600000 < :earliest AND NOT t_100_3600000 > :latest$/,
    );
    expect(sent(1)?.ConditionExpression).toMatch(/NOT t_100_3600000 > :now$/);
  });

  it('asks again for the id before the limit, in three epochs', async () => {
    dynamo.on(UpdateItemCommand).resolves({ Attributes: {} });
    await open().take({ ...charge, requestId: 'r' });
    const condition = sent(0)?.ConditionExpression ?? '';
    const epoch = Math.floor(now / 30e6);
    const asked = [epoch - 1, epoch, epoch + 1].map((each) => `NOT contains(d_${each}, :id)`);
    expect(condition.match(/NOT contains\(d_\d+, :id\)/g)).toEqual(asked);
    expect(sent(0)?.UpdateExpression).toMatch(new RegExp(`ADD .*d_${epoch} :ids$`));
  });

  it('records no more ids than an item of one write unit holds', async () => {
    const epoch = Math.floor(now / 30e6);
    const ids = (count: number) => new Set(Array.from({ length: count }, (_, i) => `id-${i}`));
    dynamo
      .on(UpdateItemCommand)
      .resolvesOnce({
        Attributes: toAttributes({ [`d_${epoch - 1}`]: ids(100), [`d_${epoch}`]: ids(27) }),
      })
      .resolves({
        Attributes: toAttributes({ [`d_${epoch - 1}`]: ids(100), [`d_${epoch}`]: ids(28) }),
      });
    const store = open();
    for (const requestId of ['r', 's', 't']) await store.take({ ...charge, requestId });
    expect(sent(1)?.UpdateExpression).toContain(':ids');
    expect(sent(2)?.UpdateExpression).not.toContain(':ids');
    expect(sent(2)?.ConditionExpression).toContain('NOT contains');
  });

  it('reads consistently when it peeks', async () => {
    dynamo.on(GetItemCommand).resolves({ Item: toAttributes({ pk: 'key#a', [hour]: 4, ttl: 9 }) });
    expect(await open().peek('key#a', now)).toEqual({
      numbers: { [hour]: 4 },
      requestIds: [],
      leases: {},
    });
    expect(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
    dynamo.on(GetItemCommand).rejects(fault('ThrottlingException'));
    await expect(open().peek('key#a', now)).rejects.toThrow(StoreThrottled);
  });

  it('stays bounded under 200,000 keys', async () => {
    const instant = { send: async () => ({ Attributes: toAttributes({ [hour]: 1 }) }) };
    const store = createDynamoLimitStore({
      client: Object.assign(Object.create(client), instant),
      tableName: 'limits',
      maxKeys: 5_000,
    });
    const send = async (from: number, to: number) => {
      for (let i = from; i < to; i++) await store.take({ ...charge, key: `key#${i}` });
      return heapMiB();
    };
    const before = await send(0, 20_000);
    expect(await send(20_000, 200_000)).toBeLessThan(before + 8);
  });
});
