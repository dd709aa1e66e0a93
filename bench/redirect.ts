/**
 * Handler time of a redirect in this process, in microseconds. `node bench/redirect.ts [--json]`
 * First AWS answers at once in place of the SDK's clients, which is the handler's own time and counts
 * its calls; then the SDK asks the embedded engine and a queue that accepts everything, over loopback.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { systemClock } from '../functions/kernel/clock.ts';
import type { Link } from '../functions/links/link.ts';
import type { RedirectEvent } from '../functions/links/redirect/request.ts';
import type { Result } from '../functions/links/redirect/respond.ts';
import { cachedSlotMap } from '../functions/links/shards/cached-slot-map.ts';
import { toItem } from '../functions/links/store/dynamo-link-record.ts';
import { dynamoLinkStore } from '../functions/links/store/dynamo-link-store.ts';
import { redirectEvent } from '../test/functions/links/redirect/redirect-event.ts';
import { startEngine } from '../test/support/engine.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const warmUp = 500;
const runs = 2000;
const tables = ['links-0', 'links-1', 'links-2', 'links-3'];

const linkOf = (code: string): Link => ({
  domain: '_',
  code,
  id: code,
  url: `https://example.com/${code}`,
  status: 302,
  state: 'active',
  workspace: 'w1',
  owner: 'bench',
  createdAt: 0,
  tags: [],
  version: 1,
});

const engine = await startEngine();
const queue = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    const hash = createHash('md5').update(JSON.parse(body).MessageBody).digest('hex');
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ MD5OfMessageBody: hash, MessageId: 'm' }));
  });
});
queue.listen(0, '127.0.0.1');
await once(queue, 'listening');
const address = queue.address();
if (address === null || typeof address === 'string') throw new Error('no port');

Object.assign(process.env, {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
  AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${address.port}`,
  STAGE: 'bench',
  ORIGIN_SECRETS: 'current-secret',
  LINK_TABLES: tables.join(','),
  CONTROL_TABLE: 'control',
  CLICK_QUEUE_URL: `http://127.0.0.1:${address.port}/1/clicks`,
  REDIRECT_SETTINGS: JSON.stringify({
    cacheEntries: 100_000,
    floodLimit: { perMinute: 1e9, burst: 1e9 },
  }),
});
for (const name of tables) await engine.createTable({ name });
await engine.createTable({ name: 'control', sortKey: true });
const { handler } = (await import('../functions/links/redirect.handler.ts')) as unknown as {
  handler: (event: RedirectEvent, context: Context) => Promise<Result>;
};

const follow = async (code: string, run: number): Promise<void> => {
  const event = redirectEvent(`/${code}`, { requestId: `${code}-${run}`, seenAt: Date.now() });
  const { statusCode } = await handler(event as RedirectEvent, {} as Context);
  if (statusCode !== 302) throw new Error(`/${code} answered ${statusCode}`);
};

const time = async (codeOf: (run: number) => string): Promise<number[]> => {
  const times: number[] = [];
  for (let run = 0; run < warmUp + runs; run++) {
    const code = codeOf(run);
    const startedAt = performance.now();
    await follow(code, run);
    if (run >= warmUp) times.push((performance.now() - startedAt) * 1000);
  }
  return times.sort((left, right) => left - right);
};

interface Row {
  readonly redirect: string;
  readonly aws: string;
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly dynamodbCalls?: number;
  readonly sqsCalls?: number;
}

const quantiles = (times: readonly number[]) => ({
  p50Micros: Math.round(times[Math.floor(times.length * 0.5)] ?? 0),
  p99Micros: Math.round(times[Math.floor(times.length * 0.99)] ?? 0),
});

const rows: Row[] = [];
const dynamo = mockClient(DynamoDBDocumentClient);
const sqs = mockClient(SQSClient);
dynamo.on(GetCommand).callsFake(({ Key }) => ({ Item: toItem(linkOf(Key.pk.slice(2))) }));
sqs.on(SendMessageCommand).resolves({});
for (const [redirect, codeOf] of [
  ['warm link', () => 'warm'],
  ['cold link', (run: number) => `stub${run}`],
] as const) {
  await follow('warm', -1);
  dynamo.resetHistory();
  sqs.resetHistory();
  const times = await time(codeOf);
  const all = warmUp + runs;
  const calls = {
    dynamodbCalls: Number((dynamo.calls().length / all).toFixed(2)),
    sqsCalls: Number((sqs.calls().length / all).toFixed(2)),
  };
  rows.push({ redirect, aws: 'answers at once', ...quantiles(times), ...calls });
}
dynamo.restore();
sqs.restore();

const store = dynamoLinkStore(
  engine.documentClient(),
  cachedSlotMap({
    tables,
    clock: systemClock,
    read: async () => undefined,
    onFailure: () => undefined,
  }),
);
for (let run = 0; run <= warmUp + runs; run++) await store.create(linkOf(`real${run}`));
for (const [redirect, codeOf] of [
  ['warm link', () => 'real0'],
  ['cold link', (run: number) => `real${run + 1}`],
] as const) {
  rows.push({ redirect, aws: 'SDK over loopback', ...quantiles(await time(codeOf)) });
}

queue.closeAllConnections();
queue.close();
await engine.stop();

if (values.json) console.log(JSON.stringify(rows));
else {
  console.log(
    '| redirect | AWS | p50, µs | p99, µs | DynamoDB calls | SQS calls |\n|---|---|---|---|---|---|',
  );
  for (const { redirect, aws, p50Micros, p99Micros, dynamodbCalls = '', sqsCalls = '' } of rows) {
    console.log(
      `| ${redirect} | ${aws} | ${p50Micros} | ${p99Micros} | ${dynamodbCalls} | ${sqsCalls} |`,
    );
  }
}
process.exit();
