import { beforeAll, describe, expect, it } from 'vitest';
import { isAsStated, toMarkdown } from '../../bench/simulate/claim.ts';
import { drawBounds } from '../../bench/simulate/plot/draw-bounds.ts';
import { type Simulation, simulate } from '../../bench/simulate/simulation.ts';

const options = { seeds: [1], fleets: [1, 100], shorten: 0.05 };

describe('simulate', () => {
  let simulation: Simulation;
  beforeAll(async () => {
    simulation = await simulate(options);
  });

  it('sees no bound passed', () => {
    const bounds = simulation.claims.filter(({ isControl }) => !isControl);
    expect(bounds.length).toBeGreaterThan(20);
    expect(bounds.filter((claim) => !isAsStated(claim))).toEqual([]);
  });

  it('sees each wrong rule pass its bound', () => {
    const controls = simulation.claims.filter(({ isControl }) => isControl);
    expect(controls.length).toBeGreaterThan(7);
    expect(controls.filter(({ worst, bound }) => worst <= bound)).toEqual([]);
  });

  it('comes near the bounds that it reports as kept', () => {
    const leases = simulation.claims.find(({ claim }) => claim.startsWith('leases (guards'));
    expect(leases?.worst).toBeGreaterThan((leases?.bound ?? 0) / 2);
    const bucket = simulation.claims.find(({ claim }) => claim.startsWith('token bucket'));
    expect(bucket?.worst).toBeCloseTo(bucket?.bound ?? 0, 2);
  });

  it('shows the same again for the same seed', async () => {
    const again = await simulate(options);
    expect(again.tables.map(toMarkdown)).toEqual(simulation.tables.map(toMarkdown));
    expect(drawBounds(again.plot)).toBe(drawBounds(simulation.plot));
  });
});
