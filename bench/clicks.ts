/**
 * Calls and billed units of a click, appending and compacting apart, on the embedded engine.
 * `node bench/clicks.ts [--json]`
 */
import { parseArgs } from 'node:util';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createCompactor } from '../functions/analytics/compaction/compactor.ts';
import { consumeClicks } from '../functions/analytics/consume-clicks.ts';
import { dynamoCountStore } from '../functions/analytics/counts/dynamo-count-store.ts';
import { dynamoLedgerStore } from '../functions/analytics/counts/dynamo-ledger-store.ts';
import { dynamoSegmentStore } from '../functions/analytics/segments/dynamo-segment-store.ts';
import { minutesTouchedBy, type Segment } from '../functions/analytics/segments/segment.ts';
import { encodeClick } from '../functions/events/click.ts';
import { randomId } from '../functions/kernel/ids.ts';
import { randomClick } from '../test/functions/analytics/example-clicks.ts';
import { startEngine } from '../test/support/engine.ts';
import { manualClock } from '../test/support/manual-clock.ts';
import { seededRandom } from '../test/support/random.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});

const engine = await startEngine();
const hourMs = 3_600_000;
const midnight = Date.UTC(2026, 0, 1);
let tables = 0;

interface Meter {
  calls: number;
  wru: number;
  rru: number;
}

let current: Meter = { calls: 0, wru: 0, rru: 0 };

/** Adds what every request of the client consumed to `current`. */
const measure = (client: DynamoDBDocumentClient): void => {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const input = { ...args.input, ReturnConsumedCapacity: 'TOTAL' };
        const answer = await next({ ...args, input } as typeof args);
        const { ConsumedCapacity } = answer.output as {
          ConsumedCapacity?: { CapacityUnits: number };
        };
        current.calls++;
        const units = ConsumedCapacity?.CapacityUnits ?? Number.NaN;
        if (/^(?:Put|Update)/.test(commandName)) current.wru += units;
        else current.rru += units;
        return answer;
      },
    { step: 'initialize', name: 'measure' },
  );
};

interface Load {
  readonly links: number;
  readonly perFlush: number;
  readonly flushes: number;
  readonly everyMs: number;
}

const client = engine.documentClient();
measure(client);

/** Flushes at an even pace, each compacted as its stream record comes, then hour and day closed. */
const run = async ({ links, perFlush, flushes, everyMs }: Load) => {
  const random = seededRandom(links + perFlush);
  const [segmentsTable, countsTable] = [`segments-${tables}`, `counts-${tables++}`];
  await engine.createTable({ name: segmentsTable, sortKey: true });
  await engine.createTable({ name: countsTable, sortKey: true });
  const meters = [0, 1].map((): Meter => ({ calls: 0, wru: 0, rru: 0 }));
  const [append, compact] = meters as [Meter, Meter];

  const clock = manualClock(midnight);
  const appended: Segment[] = [];
  const store = dynamoSegmentStore(client, segmentsTable);
  const segments = {
    ...store,
    append: async (segment: Segment) => {
      appended.push(segment);
      await store.append(segment);
    },
  };
  const compactor = createCompactor({
    segments,
    counts: dynamoCountStore(client, countsTable),
    ledgers: dynamoLedgerStore(client, countsTable),
    clock,
    newToken: randomId,
  });
  const codes = Array.from({ length: links }, (_, n) =>
    Buffer.from(`${n}-${random.below(1e9)}`)
      .toString('base64url')
      .slice(0, 7)
      .padEnd(7, String(n)),
  );
  let bytes = 0;
  for (let flush = 0; flush < flushes; flush++) {
    const clicks = Array.from({ length: perFlush }, () =>
      randomClick(random, {
        ts: clock.now() + random.below(everyMs),
        link: random.pick(codes),
      }),
    );
    clock.advance(everyMs);
    const messages = clicks.map((click) => ({
      id: click.eid,
      body: encodeClick(click),
      sentAt: click.ts,
    }));
    current = append;
    appended.length = 0;
    const { failed } = await consumeClicks({ segments, clock }, messages);
    if (failed.length > 0) throw new Error(`${failed.length} clicks were not stored`);
    bytes += appended.reduce((sum, segment) => sum + segment.bytes.length, 0);
    current = compact;
    const minutes = new Set(appended.flatMap(minutesTouchedBy));
    const faults = await compactor.compact(
      [...minutes].map((minute) => ({ workspace: 'acme', minute })),
    );
    if (faults.length > 0) throw faults[0]?.fault;
  }
  clock.advance(26 * hourMs);
  await compactor.settle('acme');
  const clicks = perFlush * flushes;
  const per = (total: number): number => total / clicks;
  return {
    links,
    perFlush,
    perMinute: Math.round((perFlush * 60_000) / everyMs),
    clicks,
    segmentBytes: per(bytes),
    appendCalls: per(append.calls),
    appendWru: per(append.wru),
    compactCalls: per(compact.calls),
    compactWru: per(compact.wru),
    compactRru: per(compact.rru),
  };
};

const every = 5000;
const linkCounts = values.quick ? [1, 5000] : [1, 100, 5000];
const loads: Load[] = linkCounts.flatMap((links) => [
  { links, perFlush: 1, flushes: 60, everyMs: 60_000 },
  ...(values.quick ? [] : [{ links, perFlush: 1, flushes: 700, everyMs: every }]),
  { links, perFlush: 10, flushes: 700, everyMs: every },
  { links, perFlush: 1000, flushes: 120, everyMs: every },
]);

const rows = [];
for (const load of loads) rows.push(await run(load));
await engine.stop();

if (values.json) console.log(JSON.stringify(rows, undefined, 2));
else {
  console.log(
    '| links | clicks a flush | clicks a minute | segment bytes a click | append calls | append WRU | compaction calls | compaction WRU | compaction RRU |\n|---|---|---|---|---|---|---|---|---|',
  );
  for (const row of rows) {
    const figures = [
      row.appendCalls,
      row.appendWru,
      row.compactCalls,
      row.compactWru,
      row.compactRru,
    ];
    const cells = [row.links, row.perFlush, row.perMinute, row.segmentBytes.toFixed(1)];
    console.log(`| ${[...cells, ...figures.map((figure) => figure.toFixed(3))].join(' | ')} |`);
  }
  console.log(
    '\nA flush every 5 s, or one a minute, for an hour (1,000 a flush: ten minutes); then hour and day are counted. All figures but the first three columns are per click.',
  );
}
