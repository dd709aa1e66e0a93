import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeClick } from '../../../functions/events/click.ts';
import {
  ask,
  dynamo,
  link,
  now,
  setUp,
  sqs,
  startHandler,
  store,
  tearDown,
} from './redirect/redirect-harness.ts';

beforeEach(setUp);
afterEach(tearDown);

describe('redirect handler, when something is down', () => {
  let output: string;
  beforeEach(() => {
    output = '';
    const capture = (chunk: unknown) => {
      output += String(chunk);
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(capture);
    vi.spyOn(process.stderr, 'write').mockImplementation(capture);
  });

  it('redirects without the queue, and logs the event whole', async () => {
    sqs.on(SendMessageCommand).rejects(new Error('queue is down'));
    expect(await ask('/abc1234')).toMatchObject({ statusCode: 307 });
    const line = output.split('\n').find((each) => each.includes('click not published')) ?? '';
    expect(decodeClick(JSON.stringify(JSON.parse(line).click))).toMatchObject({
      link: 'abc1234',
    });
    expect(output).toContain('"ClickNotPublished":1');
  });

  it('answers 503 without the link table', async () => {
    dynamo.on(GetCommand).rejects(new Error('table is down'));
    expect(await ask('/abc1234', { kind: 'program' })).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '5', 'content-type': 'application/problem+json' },
    });
    expect(sqs.calls()).toHaveLength(0);
  });

  it('redirects by what it remembers without the link table', async () => {
    await ask('/abc1234');
    dynamo.on(GetCommand).rejects(new Error('table is down'));
    vi.setSystemTime(now + 30_000);
    expect(await ask('/abc1234')).toMatchObject({ statusCode: 307 });
  });

  it('redirects without the slot map', async () => {
    dynamo.on(GetCommand, { TableName: 'control' }).rejects(new Error('control is down'));
    await startHandler({});
    expect(await ask('/abc1234')).toMatchObject({ statusCode: 307 });
  });

  it('answers an unforeseen fault with an opaque 500', async () => {
    store({ ...link, url: 'not a url' });
    const { statusCode, body } = await ask('/abc1234+', { kind: 'program' });
    expect(statusCode).toBe(500);
    expect(body).not.toContain('not a url');
  });

  it('logs and publishes no address and no agent', async () => {
    const planted = { ip: '192.0.2.77', headers: { 'user-agent': 'PlantedName/7.7 (X11)' } };
    await ask('/abc1234', planted);
    sqs.on(SendMessageCommand).rejects(new Error('queue is down'));
    await ask('/abc1234', planted);
    dynamo.on(GetCommand).rejects(new Error('table is down'));
    await ask('/other', planted);
    for (let request = 0; request < 30; request++) await ask('/abc1234', planted);
    const everything = output + JSON.stringify(sqs.calls().map(({ args }) => args[0].input));
    expect(everything).toContain('redirect failed');
    expect(everything).not.toMatch(/192\.0\.2\.77|198\.51\.100|PlantedName|X11/);
  });
});
