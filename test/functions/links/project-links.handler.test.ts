import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { lambdaContext } from '../../support/gateway-event.ts';

vi.stubEnv('STAGE', 'test');
vi.stubEnv('INDEX_TABLE', 'index');
vi.stubEnv('AWS_REGION', 'eu-central-1');
const { handler } = await import('../../../functions/links/project-links.handler.ts');

const client = mockClient(DynamoDBDocumentClient);
beforeEach(() => client.reset());
afterAll(() => client.restore());

const image = (code: string, members: object = {}) => ({
  pk: { S: `_/${code}` },
  schema: { N: '1' },
  id: { S: code },
  url: { S: 'https://example.org/' },
  status: { N: '302' },
  state: { S: 'active' },
  workspace: { S: 'acme' },
  owner: { S: 'key:k1' },
  createdAt: { N: '1767225600000' },
  tags: { L: [{ S: 'x' }] },
  version: { N: '1' },
  writeId: { S: 'w' },
  ...members,
});

const record = (SequenceNumber: string, images: object): DynamoDBRecord =>
  ({ eventID: SequenceNumber, dynamodb: { SequenceNumber, ...images } }) as DynamoDBRecord;

const project = (...Records: DynamoDBRecord[]) => handler({ Records }, lambdaContext);
const puts = () => client.commandCalls(PutCommand).map(({ args }) => args[0].input);

describe('handler', () => {
  it('writes the rows of a link, without what only the record needs', async () => {
    expect(await project(record('1', { NewImage: image('a') }))).toEqual({ batchItemFailures: [] });
    expect(puts().map(({ TableName, Item }) => [TableName, Item?.pk])).toEqual([
      ['index', 'W#acme'],
      ['index', 'W#acme#T#x'],
    ]);
    expect(puts()[0]?.Item).toEqual({
      pk: 'W#acme',
      sk: expect.stringMatching(/^0\w{8}#a$/),
      record: '_/a',
      rank: 2,
      schema: 1,
      id: 'a',
      url: 'https://example.org/',
      status: 302,
      state: 'active',
      workspace: 'acme',
      owner: 'key:k1',
      createdAt: 1_767_225_600_000,
      tags: ['x'],
      version: 1,
      reservedUntil: undefined,
    });
  });

  it('takes a deleted link off its lists', async () => {
    const trashed = image('a', { state: { S: 'trashed' }, version: { N: '2' } });
    await project(record('1', { OldImage: image('a'), NewImage: trashed }));
    expect(puts().map(({ Item }) => [Item?.pk, Item?.gone, Item?.rank])).toEqual([
      ['W#acme', true, 4],
      ['W#acme#T#x', true, 4],
    ]);
  });

  it('passes over items that are no links', async () => {
    const reservation = { pk: { S: '_/a' }, claim: { M: {} }, ttl: { N: '1' } };
    expect(await project(record('1', { NewImage: reservation }))).toEqual({
      batchItemFailures: [],
    });
    expect(puts()).toEqual([]);
  });

  it('reports the records that failed, and no others', async () => {
    client.on(PutCommand).callsFake(({ Item }) => {
      if (Item.id === 'b') throw new Error('throttled');
    });
    const answer = await project(
      record('1', { NewImage: image('a') }),
      record('2', { NewImage: image('b') }),
      record('3', { NewImage: image('c') }),
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
  });

  it('reports all where all failed', async () => {
    client.on(PutCommand).rejects(new Error('throttled'));
    expect(await project(record('1', { NewImage: image('a') }))).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }],
    });
  });
});
