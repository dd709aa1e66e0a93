import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoLinkIndex } from '../../../../functions/links/listing/dynamo-link-index.ts';
import { workspacePartition } from '../../../../functions/links/listing/index-rows.ts';
import { projectChange } from '../../../../functions/links/listing/project-links.ts';
import { type Engine, startEngine } from '../../../support/engine.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { exampleLink } from '../example-link.ts';
import { linkIndexContract } from './link-index.contract.ts';

let engine: Engine;
let tables = 0;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(async () => engine.stop());

const createIndex = async () => {
  const name = `index-${tables++}`;
  await engine.createTable({ name, sortKey: true });
  return { name, index: dynamoLinkIndex(engine.documentClient(), name, manualClock()) };
};

linkIndexContract('dynamoLinkIndex', async () => (await createIndex()).index);

describe('dynamoLinkIndex', () => {
  it('lets rows go that say a link is gone, and keeps those of links', async () => {
    const { name, index } = await createIndex();
    const link = exampleLink({ tags: ['x'], expiresAt: 1, reservedUntil: 5000 });
    await projectChange(index, { after: link });
    await projectChange(index, { before: link, after: { ...link, tags: [], version: 2 } });
    const { Items } = await engine.documentClient().send(new ScanCommand({ TableName: name }));
    const ttls = Object.fromEntries((Items ?? []).map(({ pk, ttl }) => [pk, ttl]));
    const days = 8 * 86_400;
    expect(ttls).toEqual({
      'W#acme': undefined,
      'W#acme#T#x': manualClock().now() / 1000 + days,
    });
  });

  it('answers a page after a bounded number of rows, with a way to go on', async () => {
    const { index } = await createIndex();
    const client = engine.documentClient();
    const link = exampleLink({ state: 'disabled' });
    await projectChange(index, { after: link });
    let queries = 0;
    const position = (read: number) => `${String(9e8 - read).padStart(9, '0')}#x`;
    const endless = {
      send: async () => {
        queries++;
        const sk = position(queries);
        return { Items: [], ScannedCount: 200, LastEvaluatedKey: { pk: 'W#acme', sk } };
      },
    } as unknown as typeof client;
    const page = await dynamoLinkIndex(endless, 'any', manualClock()).page({
      partition: workspacePartition('acme'),
      limit: 10,
      state: 'banned',
    });
    expect(page).toEqual({ links: [], next: position(10) });
    expect(queries).toBe(10);
  });
});
