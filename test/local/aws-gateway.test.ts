import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CallLog, createCallLog } from '../../local/aws-gateway/calls.ts';
import { createFaults } from '../../local/aws-gateway/faults.ts';
import { type Gateway, openGateway } from '../../local/aws-gateway.ts';
import { SqsError } from '../../local/sqs.ts';
import { type Engine, startEngine } from '../support/engine.ts';

const account = { function: 'Fn', route: 'GET /v1/links' };
const spec = {
  id: 'Fn',
  name: 'Main-Fn',
  arn: 'arn:aws:lambda:eu-central-1:000000000000:function:Main-Fn',
  roleArn: 'arn:aws:iam::000000000000:role/Main-Role',
  directory: '',
  handler: '',
  environment: {},
  timeoutSeconds: 1,
  memoryMb: 128,
};
const table = 'arn:aws:dynamodb:eu-central-1:000000000000:table/Main-Table';
const queue = 'arn:aws:sqs:eu-central-1:000000000000:Main-Queue';

let engine: Engine;
let gateway: Gateway;
const faults = createFaults();
const calls: CallLog = createCallLog();
const kill = vi.fn(async () => undefined);
const onWrite = vi.fn();
const handle = vi.fn(async (_action: string, _input: Record<string, unknown>) => ({
  MessageId: 'm1',
}));
const asked: [string, string][] = [];
let refused: string | undefined;

beforeAll(async () => {
  engine = await startEngine();
  await engine.createTable({ name: 'Main-Table' });
  gateway = await openGateway();
  gateway.serve({
    engineEndpoint: engine.endpoint,
    sqs: { handle },
    caller: (accessKeyId) => (accessKeyId === 'Fn.1' ? { ...account, spec, kill } : undefined),
    authorize: (_, action, resource) => {
      asked.push([action, resource]);
      return action === refused ? 'denied' : 'allowed';
    },
    faults,
    calls,
    constructs: new Map([['Main-Table', 'Table']]),
    onWrite,
    log: () => undefined,
  });
});
afterAll(async () => {
  await gateway.stop();
  await engine.stop();
});
afterEach(() => {
  refused = undefined;
  asked.length = 0;
  faults.clear();
  calls.reset();
  vi.clearAllMocks();
});

const settings = (accessKeyId = 'Fn.1') => ({
  endpoint: gateway.endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId, secretAccessKey: 'local' },
  maxAttempts: 1,
});
const dynamo = (accessKeyId?: string) => new DynamoDBClient(settings(accessKeyId));
const put = (pk: string, more = {}) =>
  new PutItemCommand({ TableName: 'Main-Table', Item: { pk: { S: pk } }, ...more });
const get = (pk: string, more = {}) =>
  new GetItemCommand({ TableName: 'Main-Table', Key: { pk: { S: pk } }, ...more });

describe('openGateway', () => {
  it('passes DynamoDB calls on and meters them for the route under way', async () => {
    await dynamo().send(put('a', { Item: { pk: { S: 'a' }, text: { S: 'x'.repeat(1500) } } }));
    const { Item, ConsumedCapacity } = await dynamo().send(get('a'));
    expect(Item?.text?.S).toHaveLength(1500);
    expect(ConsumedCapacity).toBeUndefined();
    expect(calls.byRoute()).toMatchObject({
      'GET /v1/links': { function: 'Fn', dynamodb: 2, wru: 2, rru: 0.5 },
    });
  });

  it('leaves the consumed capacity to whoever asks for it', async () => {
    await dynamo().send(put('b'));
    const answer = await dynamo().send(get('b', { ReturnConsumedCapacity: 'TOTAL' }));
    expect(answer.ConsumedCapacity?.CapacityUnits).toBe(0.5);
    const none = await dynamo().send(get('b', { ReturnConsumedCapacity: 'NONE' }));
    expect(none.ConsumedCapacity).toBeUndefined();
    expect(calls.of('Fn').rru).toBe(1);
  });

  it('counts a write whose condition fails as billed', async () => {
    await dynamo().send(put('c'));
    const again = put('c', { ConditionExpression: 'attribute_not_exists(pk)' });
    await expect(dynamo().send(again)).rejects.toThrow(ConditionalCheckFailedException);
    expect(calls.of('Fn').wru).toBe(2);
  });

  it('tells of tables written to, and of none where the write failed or was a read', async () => {
    await dynamo().send(put('d'));
    await dynamo().send(get('d'));
    const failing = put('d', { ConditionExpression: 'attribute_not_exists(pk)' });
    await dynamo()
      .send(failing)
      .catch(() => undefined);
    expect(onWrite.mock.calls).toEqual([['Main-Table']]);
  });

  it('asks IAM for each right that a call needs', async () => {
    await dynamo().send(get('e'));
    await dynamo()
      .send(new QueryCommand({ TableName: 'Main-Table', IndexName: 'by-tag' }))
      .catch(() => undefined);
    await dynamo().send(
      new BatchGetItemCommand({ RequestItems: { 'Main-Table': { Keys: [{ pk: { S: 'e' } }] } } }),
    );
    await dynamo().send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: 'Main-Table', Item: { pk: { S: 'f' } } } },
          {
            ConditionCheck: {
              TableName: 'Main-Table',
              Key: { pk: { S: 'g' } },
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          },
        ],
      }),
    );
    const QueueUrl = `${gateway.endpoint}/000000000000/Main-Queue`;
    await new SQSClient({ ...settings(), md5: false }).send(
      new SendMessageCommand({ QueueUrl, MessageBody: 'x' }),
    );
    expect(asked).toEqual([
      ['dynamodb:GetItem', table],
      ['dynamodb:Query', `${table}/index/by-tag`],
      ['dynamodb:BatchGetItem', table],
      ['dynamodb:PutItem', table],
      ['dynamodb:ConditionCheckItem', table],
      ['sqs:SendMessage', queue],
    ]);
  });

  it('answers what a role may not as AWS does, without effect', async () => {
    refused = 'dynamodb:PutItem';
    await expect(dynamo().send(put('h'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('assumed-role/Main-Role/Main-Fn is not authorized'),
    });
    expect((await dynamo().send(get('h'))).Item).toBeUndefined();
    expect(calls.of('Fn').denied).toBe(1);
  });

  it('hands SQS calls over, and its errors back', async () => {
    const client = new SQSClient({ ...settings(), md5: false });
    const QueueUrl = `${gateway.endpoint}/000000000000/Main-Queue`;
    const send = new SendMessageCommand({ QueueUrl, MessageBody: 'x' });
    expect((await client.send(send)).MessageId).toBe('m1');
    expect(handle).toHaveBeenCalledWith('SendMessage', { QueueUrl, MessageBody: 'x' });
    expect(calls.of('Fn').sqs).toBe(1);
    handle.mockRejectedValueOnce(new SqsError('QueueDoesNotExist', 'No such queue'));
    await expect(client.send(send)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  it('knows its callers by their keys and says what it does not have', async () => {
    await expect(dynamo('Stranger.1').send(get('a'))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    await expect(dynamo().send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('DynamoDB_20120810.ListTables'),
    });
  });

  describe('with a fault', () => {
    it('fails the call as AWS would, without effect', async () => {
      faults.add({ kind: 'failing-call', error: 'InternalServerError', target: 'Table', count: 1 });
      await expect(dynamo().send(put('i'))).rejects.toMatchObject({
        name: 'InternalServerError',
        $metadata: { httpStatusCode: 500 },
      });
      expect((await dynamo().send(get('i'))).Item).toBeUndefined();
    });

    it('delays the call', async () => {
      faults.add({ kind: 'slow-call', delayMs: 30, action: 'dynamodb:GetItem' });
      const startedAt = performance.now();
      await dynamo().send(get('a'));
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(29);
    });

    it.each([
      ['before', false],
      ['after', true],
    ] as const)('kills the worker %s the call took effect', async (when, isStored) => {
      faults.add({ kind: 'worker-death', when, action: 'dynamodb:PutItem' });
      await expect(dynamo().send(put(`killed-${when}`))).rejects.toThrow(/socket|ECONNRESET/);
      expect(kill).toHaveBeenCalledOnce();
      expect((await dynamo().send(get(`killed-${when}`))).Item !== undefined).toBe(isStored);
    });
  });
});
