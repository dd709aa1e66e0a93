import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoLimitStore } from '../../../../functions/limiter/stores/dynamo-limit-store.ts';
import { type Engine, startEngine } from '../../../support/engine.ts';
import { hourAndBurst } from '../policies.ts';
import { limitStoreContract } from './limit-store.contract.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
  await engine.createTable({ name: 'limits' });
});
afterAll(async () => engine.stop());

const open = () => createDynamoLimitStore({ client: engine.client(), tableName: 'limits' });

limitStoreContract('DynamoDB', open);

describe('createDynamoLimitStore on the engine', () => {
  it('keeps an item within one write unit through a day at the full rate', async () => {
    const { limits } = hourAndBurst(1000, 100);
    const store = open();
    const start = Date.UTC(2026, 0, 1) * 1000;
    let request = 0;
    const take = (nowMicros: number) =>
      store.take({
        key: 'day',
        limits,
        cost: 1,
        nowMicros,
        requestId: `request-${request++}`,
      });
    for (let i = 0; i < 100; i++) await take(start + i * 1000);
    const item = async () =>
      (
        await engine
          .documentClient()
          .send(new GetCommand({ TableName: 'limits', Key: { pk: 'day' } }))
      ).Item as Record<string, unknown>;
    const bytes = (value: Record<string, unknown>) =>
      Object.entries(value).reduce(
        (sum, [name, each]) =>
          sum +
          name.length +
          (each instanceof Set
            ? each.size * 6
            : typeof each === 'number'
              ? 10
              : String(each).length),
        0,
      );
    expect(bytes(await item())).toBeLessThan(1024);
    for (let hour = 1; hour < 24; hour++) await take(start + hour * 3600e6 + 1e6);
    const last = await item();
    expect(Object.keys(last).length).toBeLessThanOrEqual(7);
    expect(last.ttl).toBeGreaterThan(start / 1e6 + 23 * 3600);
  });
});
