import {
  type FixedWindow,
  windowIndex,
} from '../../../functions/limiter/algorithms/fixed-window.ts';
import { definePolicy } from '../../../functions/limiter/policy.ts';
import { seededRandom } from '../../../test/support/random.ts';
import { mostOfLabel } from '../admissions.ts';
import { startMicros } from '../algorithms/arrivals.ts';
import type { Claim } from '../claim.ts';
import { createFleet } from './fleet.ts';
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

/** The most that a fleet spends of a leased fixed window, by the clock of each who spends. */
const mostOfWindow = async (
  seed: number,
  processes: number,
  skewMicros: number,
): Promise<number> => {
  const random = seededRandom(seed);
  const faults = { lost: 0.02, doubled: 0.1, lateMicros: 1e6 };
  const shared = storedLimit(minutes);
  const options = { seed, rule: 'product', processes, policy: minutes, shared, faults } as const;
  const fleet = createFleet({ ...options, skewMicros, returnLateMicros: 5e6 });
  for (let n = 0; n < 16_000; n++) {
    // Around boundaries, where leases of the window before are still held.
    const boundary = startMicros + (1 + random.below(3)) * 60e6;
    const micros = boundary + random.below(6e6) - 3e6;
    const process = random.below(processes);
    fleet.request(micros, process, 1 + random.below(random.pick([1, 6])), random.below(4) === 0);
    if (random.below(20) === 0) fleet.giveBack(micros + 1e6, process);
  }
  // What is left of each window goes to one process, to the last unit.
  for (let n = 0; n < 9000; n++) {
    fleet.request(startMicros + (1 + (n % 3)) * 60e6 + 20e6 + n * 1000, 0, 1);
  }
  await fleet.run();
  const window = minutes.limits[0] as FixedWindow;
  return mostOfLabel(fleet.spendings, ({ clockMicros }) => windowIndex(window, clockMicros));
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
