import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoSegmentStore } from '../../../../functions/analytics/segments/dynamo-segment-store.ts';
import { type Engine, startEngine } from '../../../support/engine.ts';
import { segmentStoreContract } from './segment-store.contract.ts';

let engine: Engine;
let tables = 0;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(async () => engine.stop());

const createStore = async () => {
  const name = `segments-${tables++}`;
  await engine.createTable({ name, sortKey: true });
  return { name, store: dynamoSegmentStore(engine.documentClient(), name) };
};

segmentStoreContract('dynamoSegmentStore', async () => (await createStore()).store);

describe('dynamoSegmentStore', () => {
  it('keeps a segment 16 days after its minute, and a late one for good', async () => {
    const { name, store } = await createStore();
    const segment = { workspace: 'acme', edges: 'none', id: 'x', bytes: Buffer.from('x') } as const;
    await store.append({ ...segment, minute: 29_000_000 });
    await store.append({ ...segment, minute: 'late' });
    const { Items = [] } = await engine.documentClient().send(new ScanCommand({ TableName: name }));
    const ttls = Object.fromEntries(Items.map(({ pk, ttl }) => [pk, ttl]));
    expect(ttls).toEqual({
      '29000000#acme': 29_000_000 * 60 + 16 * 86_400,
      'late#acme': undefined,
    });
  });
});
