import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { chargeId } from '../../../../functions/limiter/algorithms/request-ids.ts';
import { createDynamoLimitStore } from '../../../../functions/limiter/stores/dynamo-limit-store.ts';
import { StoreThrottled } from '../../../../functions/limiter/stores/limit-store.ts';
import { hourAndBurst } from '../policies.ts';

const client = new DynamoDBClient({ region: 'eu-central-1' });
const dynamo = mockClient(client);
beforeEach(() => dynamo.reset());

const now = Date.UTC(2026, 0, 1, 12) * 1000;
const { limits } = hourAndBurst(1000, 100);
const hour = `w_3600_${Math.floor(now / 3600e6)}`;
const charge = { key: 'key#a', limits, cost: 1, nowMicros: now };
const open = () => createDynamoLimitStore({ client, tableName: 'limits' });

const refusal = (item?: Record<string, { N: string } | { SS: string[] }>) =>
  new ConditionalCheckFailedException({
    message: 'no',
    $metadata: {},
    ...(item && { Item: item }),
  });
const fault = (name: string) => Object.assign(new Error(name), { name });

describe('createDynamoLimitStore', () => {
  it('gives up when the item changes under every write', async () => {
    dynamo
      .on(UpdateItemCommand)
      .rejectsOnce(refusal({ t_100_3600000: { N: String(now - 60e6) } }))
      .rejectsOnce(refusal({ t_100_3600000: { N: String(now + 3_600_000) } }))
      .rejects(refusal());
    await expect(open().take(charge)).rejects.toThrow(StoreThrottled);
    expect(dynamo.calls()).toHaveLength(5);
  });

  it('never turns a throttle or a lost answer into a second write', async () => {
    const store = open();
    dynamo.on(UpdateItemCommand).rejects(fault('ProvisionedThroughputExceededException'));
    await expect(store.take(charge)).rejects.toThrow(StoreThrottled);
    dynamo.on(UpdateItemCommand).rejects(fault('TimeoutError'));
    await expect(store.take(charge)).rejects.toThrow('TimeoutError');
    expect(dynamo.calls()).toHaveLength(2);
  });

  it('never turns a lost answer to a refund, a release or a reset into a second call', async () => {
    const store = open();
    const hold = { ...charge, requestId: 'r' };
    const refund = { ...hold, units: 1, receipt: { takenMicros: now } };
    dynamo.onAnyCommand().rejects(fault('TimeoutError'));
    await expect(store.refund(refund)).rejects.toThrow('TimeoutError');
    await expect(store.release(hold)).rejects.toThrow('TimeoutError');
    await expect(store.reset('key#a')).rejects.toThrow('TimeoutError');
    expect(dynamo.calls()).toHaveLength(3);
    dynamo.onAnyCommand().rejects(fault('ThrottlingException'));
    await expect(store.refund(refund)).rejects.toThrow(StoreThrottled);
    await expect(store.reset('key#a')).rejects.toThrow(StoreThrottled);
    expect(dynamo.calls()).toHaveLength(5);
  });

  it('leaves a late call to a client that ends it by itself, and has any other abort it', async () => {
    const handlerOf = (timeouts: object) => ({
      handle: async () => {
        throw new Error('nothing is sent');
      },
      httpHandlerConfigs: () => timeouts,
      updateHttpClientConfig: () => undefined,
    });
    const optionsOf = async (timeouts: object) => {
      const requestHandler = handlerOf(timeouts);
      const own = new DynamoDBClient({ region: 'eu-central-1', requestHandler });
      const calls = mockClient(own);
      calls.on(UpdateItemCommand).resolves({ Attributes: {} });
      const store = createDynamoLimitStore({ client: own, tableName: 'limits' });
      const { signal } = new AbortController();
      await store.take(charge, signal);
      const [options] = calls.calls().map(({ args }) => (args as unknown[])[1]);
      return options === undefined ? 'none' : options;
    };
    expect(await optionsOf({ requestTimeout: 1000, throwOnRequestTimeout: true })).toBe('none');
    const aborting = { abortSignal: expect.any(AbortSignal) };
    for (const timeouts of [{}, { requestTimeout: 1000 }, { throwOnRequestTimeout: true }]) {
      expect(await optionsOf(timeouts)).toEqual(aborting);
    }
  });

  it('gives up a refund when the item changes under every write', async () => {
    const epoch = Math.floor(now / 30e6);
    const item = { [`d_${epoch}`]: { SS: [chargeId('r', 1)] }, [hour]: { N: '1' } };
    dynamo.on(UpdateItemCommand).rejects(refusal(item));
    const refund = { ...charge, requestId: 'r', units: 1, receipt: { takenMicros: now } };
    await expect(open().refund(refund)).rejects.toThrow(StoreThrottled);
    expect(dynamo.calls()).toHaveLength(5);
  });
});
