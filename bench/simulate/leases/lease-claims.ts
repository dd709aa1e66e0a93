import {
  type FixedWindow,
  windowIndex,
} from '../../../functions/limiter/algorithms/fixed-window.ts';
import { definePolicy } from '../../../functions/limiter/policy.ts';
import { seededRandom } from '../../../test/support/random.ts';
import { mostOfLabel } from '../admissions.ts';
import { startMicros } from '../algorithms/arrivals.ts';
import type { Claim } from '../claim.ts';
import { createFleet, type Fleet, type Spending } from './fleet.ts';
import type { Rule } from './lease-rules.ts';
import { leaseBound, worstExcess } from './lease-storms.ts';
import { storedLimit } from './shared-limit.ts';

/** Excess in units, one for each fleet size. */
export interface ExcessLine {
  readonly rule: Rule;
  readonly excess: readonly number[];
}

const claims: Readonly<Record<Rule, string>> = {
  product: 'leases (guards/lease.ts, stored in memory-limit-store.ts)',
  right: "leases, the design's rule modelled",
  'ttl from the answer': 'modelled with one fault: ttl counted from the answer',
  'returned late': 'modelled with one fault: returned late',
  'returned twice': 'modelled with one fault: returned twice',
};

const minutes = definePolicy({
  name: 'global',
  limits: [{ algorithm: 'fixed-window', name: 'minute', limit: 5000, windowSeconds: 60 }],
  leased: true,
});

const boundaryMicros = (minute: number): number => startMicros + minute * 60e6;

/** Requests around boundaries, where leases of the window before are still held. */
const playBoundaries = (fleet: Fleet, seed: number, processes: number): void => {
  const random = seededRandom(seed);
  for (let n = 0; n < 16_000; n++) {
    const micros = boundaryMicros(1 + random.below(3)) + random.below(6e6) - 3e6;
    const process = random.below(processes);
    fleet.request(micros, process, 1 + random.below(random.pick([1, 6])), random.below(4) === 0);
    if (random.below(20) === 0) fleet.giveBack(micros + 1e6, process);
  }
};

/** Units hoarded just before a window ends are asked for after it; then all of the next window. */
const playHoard = (fleet: Fleet, processes: number, skewMicros: number): void => {
  const hoarders = Math.min(processes, 10);
  for (let process = 0; process < hoarders; process++) {
    // A second before the end and a second after it, by the hoarder's own clock: it may be behind.
    const end = boundaryMicros(1) + (process < processes / 2 && processes > 1 ? skewMicros / 2 : 0);
    fleet.request(end - 1e6, process, 400 / hoarders, true);
    fleet.request(end + 1e6, process, 400 / hoarders);
  }
  for (let n = 0; n < 9000; n++) fleet.request(boundaryMicros(1) + 20e6 + n * 1000, 0, 1);
};

/** The most that a fleet spends of a leased fixed window, by the clock of each who spends. */
const mostOfWindow = async (
  seed: number,
  processes: number,
  skewMicros: number,
): Promise<number> => {
  let most = 0;
  for (const isHoard of [false, true]) {
    const faults = isHoard
      ? { lost: 0, doubled: 0, lateMicros: 0 }
      : { lost: 0.02, doubled: 0.1, lateMicros: 1e6 };
    const shared = storedLimit(minutes);
    const options = { seed, rule: 'product', processes, policy: minutes, shared, faults } as const;
    const fleet = createFleet({ ...options, skewMicros, returnLateMicros: 5e6 });
    if (isHoard) playHoard(fleet, processes, skewMicros);
    else playBoundaries(fleet, seed, processes);
    await fleet.run();
    const window = minutes.limits[0] as FixedWindow;
    const labelOf = ({ clockMicros }: Spending) => windowIndex(window, clockMicros);
    most = Math.max(most, mostOfLabel(fleet.spendings, labelOf));
  }
  return most;
};

/** Bounds of leases, right and wrong, and what the plot shows of them. */
export const leaseClaims = async (
  seeds: readonly number[],
  fleets: readonly number[],
): Promise<{ readonly claims: Claim[]; readonly lines: ExcessLine[] }> => {
  const lines: ExcessLine[] = [];
  for (const rule of Object.keys(claims) as Rule[]) {
    const excess: number[] = [];
    for (const processes of fleets) excess.push(await worstExcess(rule, processes, seeds));
    lines.push({ rule, excess });
  }
  const ofWindow: number[] = [];
  for (const processes of fleets) {
    for (const skew of [0, 10e6]) ofWindow.push(await mostOfWindow(seeds[0] ?? 1, processes, skew));
  }
  const excessClaims = lines.map(({ rule, excess }): Claim => {
    const isControl = rule !== 'product' && rule !== 'right';
    return {
      claim: `${claims[rule]}: units beyond B + W/T in any W`,
      formula: '(ttl + skew)/T',
      bound: leaseBound,
      // A wrong rule is wrong in fleets of every size.
      worst: isControl ? Math.min(...excess) : Math.max(...excess),
      isControl,
    };
  });
  const window: Claim = {
    claim:
      'leases of a fixed window (guards/lease.ts), clocks skewed by up to 10 s: units in each window by the spending clock',
    formula: 'L',
    bound: 5000,
    worst: Math.max(...ofWindow),
  };
  return { claims: [...excessClaims, window], lines };
};
