/**
 * Decisions a second, round trips and billed write units a decision, beside rate-limiter-flexible's
 * DynamoDB store on the same engine. Prints a Markdown table, or JSON with `--json`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEngine } from '../test/support/engine.ts';
import { type Contender, createCountedClient, type Job, tables } from './limiter/scenarios.ts';
import type { Report } from './limiter/worker.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
});

type Scenario = Pick<Job, 'scenario' | 'keys' | 'limitPerHour' | 'burst' | 'decisions'> & {
  readonly title: string;
  readonly contenders: readonly Contender[];
};

const both: readonly Contender[] = ['hopgate', 'rate-limiter-flexible'];

const scenarios: readonly Scenario[] = [
  {
    title: '1,000 keys',
    scenario: 'ordinary',
    keys: 1000,
    limitPerHour: 1000,
    burst: 100,
    decisions: 3_200,
    contenders: both,
  },
  {
    title: '1 hot key, allowed',
    scenario: 'hot',
    keys: 1,
    limitPerHour: 1_000_000,
    burst: 100_000,
    decisions: 800,
    contenders: both,
  },
  {
    title: '1 hot key, denied',
    scenario: 'denied',
    keys: 1,
    limitPerHour: 100,
    burst: 50,
    decisions: 800,
    contenders: [...both, 'rate-limiter-flexible, blocking'],
  },
];

const worker = fileURLToPath(new URL('limiter/worker.ts', import.meta.url));

const runWorkers = async (jobs: readonly Job[]): Promise<readonly Report[]> => {
  const children = jobs.map(() => fork(worker));
  const isReady = children.map((child) => once(child, 'message'));
  await Promise.all(isReady);
  return Promise.all(
    children.map(async (child, index) => {
      const report = once(child, 'message');
      const ended = once(child, 'exit').then(([code]) => {
        throw new Error(`A process of the limiter's bench ended with ${code}`);
      });
      child.send(jobs[index] as Job);
      const [value] = (await Promise.race([report, ended])) as [Report];
      ended.catch(() => undefined);
      return value;
    }),
  );
};

const measure = async (
  endpoint: string,
  { title, decisions, contenders: _, ...scenario }: Scenario,
  processes: number,
  contender: Contender,
) => {
  const job = {
    ...scenario,
    endpoint,
    contender,
    scenario: `${scenario.scenario}-${processes}`,
  };
  // Every subject exists before the count begins: a first decision is cheaper for some stores.
  if (job.keys > 1) {
    await runWorkers([{ ...job, decisions: job.keys, concurrency: 8, seed: 0, inTurn: true }]);
  }
  const reports = await runWorkers(
    Array.from({ length: processes }, (_unused, index) => ({
      ...job,
      decisions: decisions / processes,
      concurrency: 8 / processes,
      seed: index + 1,
    })),
  );
  const total = (read: (report: Report) => number) =>
    reports.reduce((sum, report) => sum + read(report), 0);
  const started = Math.min(...reports.map(({ startedAtMs }) => startedAtMs));
  const ended = Math.max(...reports.map(({ endedAtMs }) => endedAtMs));
  return {
    scenario: title,
    processes,
    contender,
    limits: contender === 'hopgate' ? 3 : 1,
    decisions,
    allowed: total((report) => report.allowed),
    decisionsPerSecond: Math.round((decisions / Math.max(ended - started, 1)) * 1000),
    roundTripsPerDecision: total((report) => report.roundTrips) / decisions,
    writeUnitsPerDecision: total((report) => report.writeUnits) / decisions,
  };
};

const engine = await startEngine();
try {
  const { client } = createCountedClient(engine.endpoint);
  for (const [name, key] of [
    [tables.ours, 'pk'],
    [tables.theirs, 'key'],
  ] as const) {
    await client.createTable({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    });
  }
  const results = [];
  for (const scenario of scenarios) {
    for (const processes of [1, 4]) {
      for (const contender of scenario.contenders) {
        results.push(await measure(engine.endpoint, scenario, processes, contender));
      }
    }
  }
  if (values.json) console.log(JSON.stringify(results, null, 2));
  else {
    console.log(
      '| scenario | processes | limiter | limits | decisions/s | round trips a decision | WRU a decision |\n|---|---:|---|---:|---:|---:|---:|',
    );
    for (const row of results) {
      const { scenario, processes, contender, limits, decisionsPerSecond } = row;
      const trips = row.roundTripsPerDecision.toFixed(3);
      const units = row.writeUnitsPerDecision.toFixed(3);
      console.log(
        `| ${scenario} | ${processes} | ${contender} | ${limits} | ${decisionsPerSecond.toLocaleString('en')} | ${trips} | ${units} |`,
      );
    }
  }
} finally {
  await engine.stop();
}
