import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sqs, SqsError } from '../../local/sqs.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { clicks, dead, openQueues, queueSpec } from './sqs-fixture.ts';

interface Message {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  MD5OfBody: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: Record<string, unknown>;
}

let clock: ManualClock;
let sqs: Sqs;

beforeEach(() => {
  clock = manualClock();
  sqs = openQueues(clock);
});
afterEach(() => sqs.close());

const call = (action: string, input: Record<string, unknown> = {}, queue = clicks) =>
  sqs.handle(action, { QueueUrl: queue.url, ...input });
const send = (MessageBody: string, input: Record<string, unknown> = {}) =>
  call('SendMessage', { MessageBody, ...input });
const receive = async (input: Record<string, unknown> = {}, queue = clicks) => {
  const answer = await call('ReceiveMessage', { MaxNumberOfMessages: 10, ...input }, queue);
  return (answer.Messages ?? []) as Message[];
};
const bodies = async () => (await receive()).map((message) => message.Body);

describe('SendMessage', () => {
  it('answers with the id and the digest of the body', async () => {
    expect(await send('hello')).toEqual({
      MessageId: expect.stringMatching(/^[\w-]{36}$/),
      MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592',
    });
  });

  it('digests message attributes as the SDK does', async () => {
    const sent = await send('hello', {
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'click' },
        bytes: { DataType: 'Binary', BinaryValue: 'AAEC' },
      },
    });
    expect(sent.MD5OfMessageAttributes).toMatch(/^[0-9a-f]{32}$/);
    const [message] = await receive({ MessageAttributeNames: ['kind'] });
    expect(message?.MessageAttributes).toEqual({
      kind: { DataType: 'String', StringValue: 'click' },
    });
  });

  it('hides a delayed message until its time', async () => {
    await send('later', { DelaySeconds: 10 });
    expect(await bodies()).toEqual([]);
    expect(sqs.depth(clicks.arn)).toEqual({ visible: 0, inFlight: 0, delayed: 1 });
    clock.advance(10_000);
    expect(await bodies()).toEqual(['later']);
  });

  it('takes 1 MiB and refuses a byte more', async () => {
    await expect(send('x'.repeat(1_048_576))).resolves.toBeDefined();
    await expect(send('x'.repeat(1_048_577))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      status: 400,
    });
  });

  it.each([
    ['no body', undefined, 'MissingParameter'],
    ['a null byte', 'a\0b', 'InvalidMessageContents'],
    ['a lone surrogate', 'a\ud800', 'InvalidMessageContents'],
    ['a number', 7, 'InvalidParameterValue'],
  ])('refuses %s', async (_, body, name) => {
    await expect(call('SendMessage', { MessageBody: body })).rejects.toMatchObject({ name });
  });
});

describe('SendMessageBatch', () => {
  const entry = (Id: string, MessageBody = Id) => ({ Id, MessageBody });

  it('reports the entries that failed beside those that worked', async () => {
    const answer = await call('SendMessageBatch', { Entries: [entry('a'), entry('b', '\0')] });
    expect(answer).toMatchObject({
      Successful: [{ Id: 'a', MD5OfMessageBody: expect.any(String) }],
      Failed: [{ Id: 'b', Code: 'InvalidMessageContents', SenderFault: true }],
    });
  });

  it.each([
    ['EmptyBatchRequest', []],
    ['TooManyEntriesInBatchRequest', Array.from({ length: 11 }, (_, n) => entry(`m${n}`))],
    ['BatchEntryIdsNotDistinct', [entry('a'), entry('a')]],
    ['InvalidBatchEntryId', [entry('a b')]],
    ['BatchRequestTooLong', [entry('a', 'x'.repeat(600_000)), entry('b', 'x'.repeat(600_000))]],
  ])('answers %s', async (name, Entries) => {
    await expect(call('SendMessageBatch', { Entries })).rejects.toMatchObject({ name });
    expect(sqs.isEmpty(clicks.arn)).toBe(true);
  });
});

describe('ReceiveMessage', () => {
  it('hides what it hands out until the visibility timeout ends', async () => {
    await send('once');
    expect(await bodies()).toEqual(['once']);
    expect(await bodies()).toEqual([]);
    clock.advance(30_000);
    const [message] = await receive({ AttributeNames: ['All'] });
    expect(message).toMatchObject({
      Body: 'once',
      MD5OfBody: expect.any(String),
      Attributes: {
        ApproximateReceiveCount: '2',
        SentTimestamp: String(clock.now() - 30_000),
        ApproximateFirstReceiveTimestamp: String(clock.now() - 30_000),
      },
    });
  });

  it('keeps the order of sending where nothing interferes', async () => {
    for (const body of ['a', 'b', 'c']) await send(body);
    expect(await bodies()).toEqual(['a', 'b', 'c']);
  });

  it('moves a message received too often to the dead-letter queue', async () => {
    await send('poison');
    for (let n = 0; n < 5; n++) {
      expect(await bodies()).toEqual(['poison']);
      clock.advance(30_000);
    }
    expect(await bodies()).toEqual([]);
    expect(sqs.isEmpty(clicks.arn)).toBe(true);
    const [message] = await receive({ AttributeNames: ['All'] }, dead);
    expect(message).toMatchObject({
      Body: 'poison',
      Attributes: { DeadLetterQueueSourceArn: clicks.arn },
    });
  });

  it('fills the answer with what lies behind redriven messages', async () => {
    await send('poison');
    for (let n = 0; n < 5; n++) {
      await receive({ VisibilityTimeout: 0 });
    }
    await send('good');
    expect(await bodies()).toEqual(['good']);
  });

  it('forgets what is older than the retention', async () => {
    await send('old');
    clock.advance(345_600_000);
    await send('new');
    expect(await bodies()).toEqual(['new']);
  });

  it('waits for a message when asked to', async () => {
    const waiting = receive({ WaitTimeSeconds: 20 });
    await send('arrives');
    expect((await waiting).map((message) => message.Body)).toEqual(['arrives']);
  });

  it('waits no longer than asked', async () => {
    const waiting = receive({ WaitTimeSeconds: 20 });
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(20_000);
    sqs.tick();
    expect(await waiting).toEqual([]);
  });

  it('gives a waiting reader the message whose timeout ends', async () => {
    await send('again');
    await receive({ VisibilityTimeout: 15 });
    const waiting = receive({ WaitTimeSeconds: 20 });
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(15_000);
    sqs.tick();
    expect((await waiting).map((message) => message.Body)).toEqual(['again']);
  });

  it.each([
    { MaxNumberOfMessages: 11 },
    { MaxNumberOfMessages: 0 },
    { WaitTimeSeconds: 21 },
    { VisibilityTimeout: 43_201 },
    { VisibilityTimeout: 'soon' },
  ])('refuses %j', async (input) => {
    await expect(receive(input)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

describe('DeleteMessage', () => {
  it('removes what was received', async () => {
    await send('done');
    const [message] = await receive();
    await call('DeleteMessage', { ReceiptHandle: message?.ReceiptHandle });
    clock.advance(30_000);
    expect(await bodies()).toEqual([]);
  });

  it('leaves the message to the later receiver when the receipt is old', async () => {
    await send('slow');
    const [first] = await receive();
    clock.advance(30_000);
    await receive();
    await call('DeleteMessage', { ReceiptHandle: first?.ReceiptHandle });
    expect(sqs.depth(clicks.arn).inFlight).toBe(1);
  });

  it('refuses a handle that is none', async () => {
    await expect(call('DeleteMessage', { ReceiptHandle: 'x' })).rejects.toMatchObject({
      name: 'ReceiptHandleIsInvalid',
    });
  });

  it('deletes a batch and reports the broken handle', async () => {
    await send('a');
    const [message] = await receive();
    const Entries = [
      { Id: 'good', ReceiptHandle: message?.ReceiptHandle },
      { Id: 'bad', ReceiptHandle: 'x' },
    ];
    expect(await call('DeleteMessageBatch', { Entries })).toMatchObject({
      Successful: [{ Id: 'good' }],
      Failed: [{ Id: 'bad', Code: 'ReceiptHandleIsInvalid' }],
    });
    expect(sqs.isEmpty(clicks.arn)).toBe(true);
  });
});

describe('ChangeMessageVisibility', () => {
  it('lengthens and ends the timeout', async () => {
    await send('work');
    const [message] = await receive();
    const handle = { ReceiptHandle: message?.ReceiptHandle };
    await call('ChangeMessageVisibility', { ...handle, VisibilityTimeout: 100 });
    clock.advance(99_000);
    expect(await bodies()).toEqual([]);
    await call('ChangeMessageVisibility', { ...handle, VisibilityTimeout: 0 });
    expect(await bodies()).toEqual(['work']);
  });

  it('refuses what is not in flight', async () => {
    await send('work');
    const [message] = await receive();
    clock.advance(30_000);
    await expect(
      call('ChangeMessageVisibility', {
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout: 5,
      }),
    ).rejects.toMatchObject({ name: 'MessageNotInflight' });
  });
});

describe('queue actions', () => {
  it('counts visible, in flight and delayed messages', async () => {
    await send('taken');
    await receive();
    await send('waiting');
    await send('later', { DelaySeconds: 60 });
    const answer = await call('GetQueueAttributes', { AttributeNames: ['All'] });
    expect(answer.Attributes).toMatchObject({
      QueueArn: clicks.arn,
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
      VisibilityTimeout: '30',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 }),
    });
  });

  it('finds a queue by its name and purges it', async () => {
    expect(await sqs.handle('GetQueueUrl', { QueueName: 'clicks' })).toEqual({
      QueueUrl: clicks.url,
    });
    await send('gone');
    await call('PurgeQueue');
    expect(sqs.isEmpty(clicks.arn)).toBe(true);
  });

  it.each([
    ['QueueDoesNotExist', 'SendMessage', { QueueUrl: queueSpec('none').url, MessageBody: 'x' }],
    ['QueueDoesNotExist', 'GetQueueUrl', { QueueName: 'none' }],
    ['MissingParameter', 'SendMessage', { MessageBody: 'x' }],
    ['InvalidAction', 'AddPermission', {}],
    ['InvalidAction', 'constructor', {}],
    ['InvalidAttributeName', 'GetQueueAttributes', { QueueUrl: clicks.url, AttributeNames: ['X'] }],
  ])('answers %s to %s', async (name, action, input) => {
    const failure = sqs.handle(action, input);
    await expect(failure).rejects.toBeInstanceOf(SqsError);
    await expect(failure).rejects.toMatchObject({ name });
  });
});

describe('openSqs', () => {
  it('loses no acknowledged message when its process is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hopgate-sqs-'));
    const path = join(folder, 'sqs.db');
    const script = fileURLToPath(new URL('./fixtures/send-for-ever.ts', import.meta.url));
    const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      output += text;
      if (output.length > 20_000) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const acknowledged = output.split('\n').slice(0, -1);
    expect(acknowledged.length).toBeGreaterThan(1_000);

    const reopened = openQueues(clock, path);
    clock.set(Date.now() + 1_000);
    const kept = await reopened.take(clicks.arn, { limit: 1_000_000 });
    const found = new Set(kept.map((message) => message.body));
    expect(acknowledged.filter((body) => !found.has(body))).toEqual([]);
    expect(found.size).toBe(kept.length);
    reopened.close();
    rmSync(folder, { recursive: true });
  });

  it('shows again at once what a process that is gone had received', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hopgate-sqs-'));
    const path = join(folder, 'sqs.db');
    const first = openQueues(clock, path);
    await first.send(clicks.arn, [{ body: 'taken' }, { body: 'later', delaySeconds: 60 }]);
    await first.take(clicks.arn, { limit: 10 });
    first.close();
    const second = openQueues(clock, path);
    expect(second.depth(clicks.arn)).toEqual({ visible: 1, inFlight: 0, delayed: 1 });
    second.close();
    rmSync(folder, { recursive: true });
  });

  it('stops where a dead-letter queue is missing', () => {
    const queues = [queueSpec('a', { redrive: { deadLetterArn: 'arn:none', maxReceiveCount: 1 } })];
    expect(() => openQueues(clock, ':memory:', queues)).toThrow(/arn:none/);
  });
});
