import { seededRandom } from '../../../test/support/random.ts';
import { startMicros } from '../algorithms/arrivals.ts';
import { format, percent, type Table } from '../claim.ts';
import { bucketOf, createFleet } from './fleet.ts';
import { storedLimit } from './shared-limit.ts';

/** Writes a decision, one figure for each fleet size. */
export interface WritesLine {
  readonly name: string;
  readonly writes: readonly number[];
}

interface Load {
  readonly name: string;
  readonly limitAnHour: number;
  readonly seconds: number;
}

/** A load of 80 % of each limit, for long enough to see leases lapse. */
const loads: readonly Load[] = [
  { name: '1,000,000 an hour', limitAnHour: 1e6, seconds: 480 },
  { name: '200,000 an hour', limitAnHour: 2e5, seconds: 900 },
];

const measure = async (seed: number, { limitAnHour, seconds }: Load, processes: number) => {
  const random = seededRandom(seed);
  const policy = bucketOf(limitAnHour, limitAnHour, 3600);
  const shared = storedLimit(policy);
  const faults = { lost: 0, doubled: 0, lateMicros: 0 };
  const rule = 'product';
  const fleet = createFleet({ seed, rule, processes, policy, shared, faults, skewMicros: 0 });
  const decisions = Math.floor((0.8 * limitAnHour * seconds) / 3600);
  for (let n = 0; n < decisions; n++) {
    fleet.request(startMicros + random.below(seconds * 1e6), random.below(processes), 1);
  }
  await fleet.run();
  return { writes: shared.writes() / decisions, taken: shared.taken() / fleet.spendings.length };
};

/** What leases cost by fleet size under a steady load, nothing lost and no clock skewed. */
export const leaseWrites = async (
  seed: number,
  fleets: readonly number[],
  shorten = 1,
): Promise<{ readonly table: Table; readonly lines: WritesLine[] }> => {
  const lines: WritesLine[] = [];
  const rows: string[][] = fleets.map((processes) => [format(processes)]);
  for (const load of loads) {
    const writes: number[] = [];
    for (const [index, processes] of fleets.entries()) {
      const measured = await measure(seed, { ...load, seconds: load.seconds * shorten }, processes);
      writes.push(measured.writes);
      rows[index]?.push(measured.writes.toFixed(3), percent(1 - 1 / measured.taken));
    }
    lines.push({ name: load.name, writes });
  }
  const head = loads.flatMap(({ name }) => [`${name}: writes a decision`, 'units not spent']);
  return {
    table: {
      title: 'Writes a decision of leases',
      note: `The product's leases (guards/lease.ts), random arrivals at 80 % of the limit for ${loads.map(({ seconds }) => format(seconds * shorten)).join(' and ')} s; what is not spent lapsed, or is held at the end.`,
      head: ['processes', ...head],
      rows,
    },
    lines,
  };
};
