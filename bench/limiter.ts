/**
 * Decisions a second, round trips and billed write units a decision, beside rate-limiter-flexible
 * on DynamoDB and Redis and beside a naive read-then-write, on the same engines in one run. Prints
 * Markdown tables; ends with 1 when a counted figure is not as expected. `--quick`: fewer cells;
 * `--scenario '1,000 keys'`: those whose title begins so.
 */
import { parseArgs } from 'node:util';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { startEngine } from '../test/support/engine.ts';
import { startRedis } from '../test/support/redis.ts';
import { type Cell, measure, prepare, type Scenario } from './limiter/cells.ts';
import { type Contender, contenders, onRedis, tables } from './limiter/contenders.ts';
import { engineConfig } from './limiter/counted-client.ts';
import { compare, printCells } from './limiter/report.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    scenario: { type: 'string', default: '' },
  },
});

const isLeased = (contender: Contender) => contender.endsWith('leased');
const isBlocking = (contender: Contender) => contender.endsWith('blocking');
const hasNoIds = (contender: Contender) => contender.endsWith('no request ids');
const unleased = contenders.filter((each) => !isLeased(each));
const generous = { limitPerHour: 3e8, burst: 1e7, prepareCost: 1 };
const exhausted = { limitPerHour: 50, burst: 50, prepareCost: 50 };

const scenarios: readonly Scenario[] = [
  {
    title: '1,000 keys, allowed',
    name: 'thousand',
    keys: 1_000,
    ...generous,
    contenders: unleased.filter((each) => !isBlocking(each)),
  },
  {
    title: '10,000 keys, allowed',
    name: 'many',
    keys: 10_000,
    ...generous,
    contenders: unleased.filter((each) => !isBlocking(each)),
  },
  {
    title: '10,000 keys, denied',
    name: 'many-denied',
    keys: 10_000,
    ...exhausted,
    contenders: unleased.filter((each) => !hasNoIds(each)),
  },
  {
    title: '1 hot key, allowed',
    name: 'hot',
    keys: 1,
    ...generous,
    contenders: contenders.filter((each) => !isBlocking(each) && !hasNoIds(each)),
  },
  {
    title: '1 hot key, denied',
    name: 'hot-denied',
    keys: 1,
    ...exhausted,
    contenders: unleased.filter((each) => !hasNoIds(each)),
  },
];

const quickScenarios = scenarios.filter(({ keys }) => keys < 10_000);

const shapes = values.quick
  ? [{ processes: 4, callers: 32 }]
  : [1, 4].flatMap((processes) => [1, 32].map((callers) => ({ processes, callers })));
const rounds = values.quick ? { rounds: 1, ms: 700 } : { rounds: 3, ms: 500 };

const engine = await startEngine();
const redis = await startRedis();
try {
  const client = new DynamoDB(engineConfig(engine.endpoint));
  for (const [name, key] of [
    [tables.ours, 'pk'],
    [tables.theirs, 'key'],
    [tables.naive, 'pk'],
  ] as const) {
    await client.createTable({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    });
  }
  const servers = { endpoint: engine.endpoint, redisUrl: redis.url };
  const cells: Cell[] = [];
  for (const scenario of values.quick ? quickScenarios : scenarios) {
    if (!scenario.title.startsWith(values.scenario)) continue;
    // In quick mode Redis is compared on the hot key only.
    const compared = scenario.contenders.filter(
      (contender) => !(values.quick && onRedis(contender) && scenario.keys > 1),
    );
    for (const contender of compared) await prepare(servers, scenario, contender);
    for (const shape of shapes) {
      cells.push(...(await measure(servers, scenario, compared, shape, rounds)));
    }
  }
  printCells(cells);
  if (!compare(cells)) process.exitCode = 1;
} finally {
  await redis.stop();
  await engine.stop();
}
