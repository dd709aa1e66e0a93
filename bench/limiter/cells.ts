import { median } from '../support/median.ts';
import type { Contender } from './contenders.ts';
import type { Report } from './worker.ts';
import { startWorkers, type Workers } from './workers.ts';

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

/** How many processes, and how many callers in all. */
export interface Shape {
  readonly processes: number;
  readonly callers: number;
}

export interface Cell extends Shape {
  readonly scenario: string;
  readonly contender: Contender;
  readonly allowed: number;
  /** Decisions a second of each round. */
  readonly rounds: readonly number[];
  /** The median round's. */
  readonly perSecond: number;
  readonly tripsEach: number;
  readonly unitsEach: number;
}

export interface Servers {
  readonly endpoint: string;
  readonly redisUrl: string;
}

/** Decisions of a round: so many that the leases of the global limit weigh as in the long run. */
const leastDecisions = 1_600;
/** Of each process: enough for its code to be compiled. */
const warmUpDecisions = 1_000;

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
  const { prepareCost, keys } = scenario;
  const job = { ...jobOf(servers, scenario, contender), concurrency: 16, prepareCost, seed: 0 };
  const workers = await startWorkers([job]);
  await workers.run({ decisions: keys, ms: 0 });
  await workers.close();
};

const open = async (
  servers: Servers,
  scenario: Scenario,
  contender: Contender,
  { processes, callers }: Shape,
): Promise<Workers> => {
  const job = jobOf(servers, scenario, contender);
  const concurrency = Math.max(callers / processes, 1);
  const jobs = Array.from({ length: processes }, (_, index) => ({
    ...job,
    concurrency,
    seed: index + 1,
  }));
  const workers = await startWorkers(jobs);
  await workers.run({ decisions: warmUpDecisions, ms: 0 });
  return workers;
};

const sum = (reports: readonly Report[], of: (report: Report) => number): number =>
  reports.reduce((total, report) => total + of(report), 0);

const speedOf = (reports: readonly Report[]): number => {
  const ended = Math.max(...reports.map(({ endedAtMs }) => endedAtMs));
  const started = Math.min(...reports.map(({ startedAtMs }) => startedAtMs));
  return (sum(reports, ({ decisions }) => decisions) / Math.max(ended - started, 1)) * 1000;
};

/**
 * Measures a scenario's contenders in turn, round by round: what slows the machine down for a while
 * then slows all of them.
 */
export const measure = async (
  servers: Servers,
  scenario: Scenario,
  contenders: readonly Contender[],
  shape: Shape,
  { rounds, ms }: { readonly rounds: number; readonly ms: number },
): Promise<readonly Cell[]> => {
  const { processes } = shape;
  const all = await Promise.all(
    contenders.map(async (contender) => {
      const workers = await open(servers, scenario, contender, shape);
      return { contender, workers, reports: [] as (readonly Report[])[] };
    }),
  );
  for (let round = 0; round < rounds; round++) {
    for (const { workers, reports } of all) {
      reports.push(await workers.run({ decisions: leastDecisions / processes, ms }));
    }
  }
  await Promise.all(all.map(({ workers }) => workers.close()));
  return all.map(({ contender, reports }) => {
    const every = reports.flat();
    const decisions = sum(every, (report) => report.decisions);
    const speeds = reports.map(speedOf);
    return {
      scenario: scenario.title,
      contender,
      processes,
      callers: Math.max(shape.callers, processes),
      allowed: sum(every, (report) => report.allowed),
      rounds: speeds,
      perSecond: Math.round(median(speeds)),
      tripsEach: sum(every, (report) => report.roundTrips) / decisions,
      unitsEach: sum(every, (report) => report.writeUnits) / decisions,
    };
  });
};
