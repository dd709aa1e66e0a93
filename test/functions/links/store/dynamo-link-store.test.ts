import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyText } from '../../../../functions/links/link-key.ts';
import { slotOf } from '../../../../functions/links/shards/slot.ts';
import {
  evenSlotMap,
  type SlotMap,
  tableOfSlot,
} from '../../../../functions/links/shards/slot-map.ts';
import type { SlotMapSource } from '../../../../functions/links/shards/slot-map-source.ts';
import { dynamoLinkStore } from '../../../../functions/links/store/dynamo-link-store.ts';
import { type Engine, startEngine } from '../../../support/engine.ts';
import { exampleLink } from '../example-link.ts';
import { linkStoreContract } from './link-store.contract.ts';

let engine: Engine;
let suites = 0;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(async () => engine.stop());

const holding = (map: SlotMap, later: SlotMap = map): SlotMapSource => ({
  current: () => map,
  atMost: async () => later,
});

const createTables = async (): Promise<string[]> => {
  const suite = suites++;
  const tables = Array.from({ length: 4 }, (_, shard) => `links-${suite}-${shard}`);
  for (const name of tables) await engine.createTable({ name, stream: 'NEW_AND_OLD_IMAGES' });
  return tables;
};

linkStoreContract('dynamoLinkStore', async () =>
  dynamoLinkStore(engine.documentClient(), holding(evenSlotMap(await createTables()))),
);

const link = exampleLink();
const slot = slotOf(keyText(link));

describe('dynamoLinkStore', () => {
  it('keeps a link in the table that the map names, by its key', async () => {
    const tables = await createTables();
    const client = engine.documentClient();
    const map = evenSlotMap(tables);
    await dynamoLinkStore(client, holding(map)).create(link);
    const Key = { pk: '_/spring' };
    for (const TableName of tables) {
      const { Item } = await client.send(new GetCommand({ TableName, Key }));
      expect(Item !== undefined).toBe(TableName === tableOfSlot(map, slot));
    }
  });

  it('asks a newer map on a miss, and finds what has moved', async () => {
    const tables = await createTables();
    const moved = evenSlotMap([...tables].reverse());
    const client = engine.documentClient();
    await dynamoLinkStore(client, holding(moved)).create(link);
    const store = dynamoLinkStore(client, holding(evenSlotMap(tables), moved));
    expect(await store.get(link)).toEqual(link);
    expect(await store.getForUpdate(link)).toEqual(link);
    expect(await store.create(link)).toMatchObject({ kind: 'taken' });
  });

  it('leaves attributes alone that it does not know', async () => {
    const tables = await createTables();
    const client = engine.documentClient();
    const map = evenSlotMap(tables);
    const store = dynamoLinkStore(client, holding(map));
    await store.create(link);
    const at = { TableName: tableOfSlot(map, slot), Key: { pk: keyText(link) } };
    await client.send(
      new UpdateCommand({
        ...at,
        UpdateExpression: 'SET fromTheFuture = :x',
        ExpressionAttributeValues: { ':x': 1 },
      }),
    );
    await store.update({ ...link, version: 2 }, link);
    const { Item } = await client.send(new GetCommand(at));
    expect(Item).toMatchObject({ fromTheFuture: 1, version: 2, schema: 1 });
  });

  it('asks once, and eventually consistent, for a redirect', async () => {
    const client = mockClient(DynamoDBDocumentClient);
    client.on(GetCommand).resolves({ Item: { pk: '_/spring', url: link.url } });
    const store = dynamoLinkStore(documentClient(), holding(evenSlotMap(['a'])));
    await store.get(link);
    expect(client.commandCalls(GetCommand).map(({ args }) => args[0].input)).toEqual([
      { TableName: 'a', Key: { pk: '_/spring' }, ConsistentRead: false },
    ]);
    client.restore();
  });

  it.each(['create', 'update'] as const)(
    'knows its own %s when the answer was lost',
    async (kind) => {
      const client = mockClient(DynamoDBDocumentClient);
      const answerLost = (input: { Item?: object; ExpressionAttributeValues?: object }) => {
        const { writeId } = { writeId: undefined, ...input.Item } as { writeId?: string };
        const values = input.ExpressionAttributeValues as Record<string, string>;
        throw new ConditionalCheckFailedException({
          $metadata: {},
          message: 'failed',
          Item: { writeId: { S: writeId ?? values[':writeId'] ?? '' } },
        });
      };
      client.on(PutCommand).callsFake(answerLost);
      client.on(UpdateCommand).callsFake(answerLost);
      const store = dynamoLinkStore(documentClient(), holding(evenSlotMap(['a'])));
      if (kind === 'create') expect(await store.create(link)).toEqual({ kind: 'created' });
      else expect(await store.update({ ...link, version: 2 }, link)).toBe('stored');
      client.restore();
    },
  );

  it('passes on what is no answer', async () => {
    const client = mockClient(DynamoDBDocumentClient);
    client.rejects(new Error('throttled'));
    const store = dynamoLinkStore(documentClient(), holding(evenSlotMap(['a'])));
    await expect(store.get(link)).rejects.toThrow('throttled');
    await expect(store.create(link)).rejects.toThrow('throttled');
    await expect(store.update(link, link)).rejects.toThrow('throttled');
    client.restore();
  });
});

const documentClient = () =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-central-1' }));
