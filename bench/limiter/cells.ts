import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Contender } from './contenders.ts';
import type { Job, Report } from './worker.ts';

/** Subjects and limits that contenders are compared on. */
export interface Scenario {
  readonly title: string;
  readonly name: string;
  readonly keys: number;
  readonly limitPerHour: number;
  readonly burst: number;
  /** What every subject is charged beforehand, so that none is new: 1, or all that it has. */
  readonly prepareCost: number;
  readonly contenders: readonly Contender[];
}

export interface Cell extends Pick<Report, 'decisions' | 'allowed'> {
  readonly scenario: string;
  readonly contender: Contender;
  readonly processes: number;
  readonly callers: number;
  readonly perSecond: number;
  readonly tripsEach: number;
  readonly unitsEach: number;
}

export interface Servers {
  readonly endpoint: string;
  readonly redisUrl: string;
}

/** So many that the leases of the global limit weigh as they do in the long run. */
const leastDecisions = 1_600;

const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

const runWorkers = async (jobs: readonly Job[]): Promise<readonly Report[]> => {
  const children = jobs.map(() => fork(worker));
  await Promise.all(children.map((child) => once(child, 'message')));
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

const jobOf = (
  servers: Servers,
  { name, keys, limitPerHour, burst }: Scenario,
  contender: Contender,
) => ({ ...servers, contender, scenario: name, keys, limitPerHour, burst });

/** Charges every subject of a scenario once for one contender. */
export const prepare = async (
  servers: Servers,
  scenario: Scenario,
  contender: Contender,
): Promise<void> => {
  const { prepareCost } = scenario;
  const least = { decisions: 0, ms: 0 };
  const job = { ...jobOf(servers, scenario, contender), concurrency: 16, least, prepareCost };
  await runWorkers([{ ...job, seed: 0 }]);
};

export const measure = async (
  servers: Servers,
  scenario: Scenario,
  contender: Contender,
  { processes, callers, ms }: { processes: number; callers: number; ms: number },
): Promise<Cell> => {
  const concurrency = Math.max(callers / processes, 1);
  const job = jobOf(servers, scenario, contender);
  const reports = await runWorkers(
    Array.from({ length: processes }, (_, index) => ({
      ...job,
      concurrency,
      least: { decisions: leastDecisions / processes, ms },
      seed: index + 1,
    })),
  );
  const total = (read: (report: Report) => number) =>
    reports.reduce((sum, report) => sum + read(report), 0);
  const decisions = total((report) => report.decisions);
  const elapsedMs =
    Math.max(...reports.map(({ endedAtMs }) => endedAtMs)) -
    Math.min(...reports.map(({ startedAtMs }) => startedAtMs));
  return {
    scenario: scenario.title,
    contender,
    processes,
    callers: concurrency * processes,
    decisions,
    allowed: total((report) => report.allowed),
    perSecond: Math.round((decisions / Math.max(elapsedMs, 1)) * 1000),
    tripsEach: total((report) => report.roundTrips) / decisions,
    unitsEach: total((report) => report.writeUnits) / decisions,
  };
};
