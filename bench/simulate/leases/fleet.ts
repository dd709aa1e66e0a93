import { definePolicy, type Policy } from '../../../functions/limiter/policy.ts';
import { seededRandom } from '../../../test/support/random.ts';
import type { Admission } from '../admissions.ts';
import { createAgenda } from '../agenda.ts';
import { startMicros } from '../algorithms/arrivals.ts';
import { createLeaser, type Leaser, type Rule } from './lease-rules.ts';
import { createNetwork, type Faults } from './network.ts';
import type { SharedLimit } from './shared-limit.ts';

export interface FleetOptions {
  readonly seed: number;
  readonly rule: Rule;
  readonly processes: number;
  readonly policy: Policy;
  readonly shared: SharedLimit;
  readonly faults: Faults;
  readonly skewMicros: number;
  readonly returnLateMicros?: number;
}

/** What the fleet spent, and what that process's clock said. */
export interface Spending extends Admission {
  readonly clockMicros: number;
}

/** Processes that lease from one limit, in virtual time. Times are microseconds of true time. */
export interface Fleet {
  readonly spendings: readonly Spending[];
  /** A request; one that is refused elsewhere gives its units back to the process at once. */
  request(micros: number, process: number, cost: number, refusedElsewhere?: boolean): void;
  giveBack(micros: number, process: number): void;
  /** Nothing happens in the process from `micros` until then. */
  freezeAt(micros: number, process: number, untilMicros: number): void;
  run(): Promise<void>;
}

export const createFleet = (options: FleetOptions): Fleet => {
  const { seed, rule, processes, policy, shared, faults, skewMicros } = options;
  const agenda = createAgenda(startMicros);
  const network = createNetwork(agenda, seededRandom(seed), faults);
  const spendings: Spending[] = [];
  /** One half of the clocks is as far behind as the other is ahead. */
  const offsetOf = (process: number) =>
    processes === 1 ? 0 : Math.round(process < processes / 2 ? -skewMicros / 2 : skewMicros / 2);
  const clockMicros = (process: number) => agenda.now() + offsetOf(process);
  const leasers = new Map<number, Leaser>();

  const leaserOf = (process: number): Leaser => {
    const known = leasers.get(process);
    if (known !== undefined) return known;
    const clock = { now: () => clockMicros(process) / 1000 };
    const { returnLateMicros = 0 } = options;
    const parts = { clock, policy, shared, network, process, returnLateMicros };
    const leaser = createLeaser(rule, parts);
    leasers.set(process, leaser);
    return leaser;
  };

  /** When the process runs again, where it is frozen then. */
  const whenAwake = (micros: number, process: number, action: () => void): void =>
    agenda.at(micros, () => agenda.at(network.reaches(process, micros), action));

  const spend = async (process: number, cost: number, refusedElsewhere: boolean) => {
    const answer = await leaserOf(process).spend(cost);
    if (answer.kind !== 'spent') return;
    if (refusedElsewhere) answer.undo();
    else {
      spendings.push({ micros: agenda.now(), units: cost, clockMicros: clockMicros(process) });
    }
  };

  return {
    spendings,
    request: (micros, process, cost, refusedElsewhere = false) =>
      whenAwake(micros, process, () => void spend(process, cost, refusedElsewhere)),
    giveBack: (micros, process) => whenAwake(micros, process, () => leaserOf(process).giveBack()),
    freezeAt: (micros, process, untilMicros) =>
      agenda.at(micros, () => network.freeze(process, untilMicros)),
    run: agenda.run,
  };
};

export const bucketOf = (burst: number, limit: number, windowSeconds: number): Policy =>
  definePolicy({
    name: 'global',
    limits: [{ algorithm: 'token-bucket', name: 'global', burst, limit, windowSeconds }],
    leased: true,
  });
