import type { Rule } from '../leases/lease-rules.ts';
import type { Simulation } from '../simulation.ts';
import { type Axis, linearTicks, panel, type Series } from './svg-panel.ts';

const names: Readonly<Record<Rule, string>> = {
  product: 'Hopgate (as designed)',
  right: 'the design, modelled',
  'ttl from the answer': 'wrong: ttl from the answer',
  'returned late': 'wrong: returned late',
  'returned twice': 'wrong: returned twice',
};

/** Readable on light and dark grounds: it brings its own. */
const style = `
  .ground { fill: #ffffff; } text { fill: #1f2328; font: 12px system-ui, sans-serif; }
  .title { font-size: 14px; font-weight: 600; } .note { fill: #59636e; }
  .axis { stroke: #59636e; fill: none; } .grid { stroke: #d1d9e0; fill: none; }
  .line { fill: none; stroke-width: 2; } .bound { stroke: #1f2328; stroke-dasharray: 6 4; }
  .s0 { stroke: #0969da; color: #0969da; } .s1 { stroke: #1a7f37; color: #1a7f37; }
  .s2 { stroke: #cf222e; color: #cf222e; } .s3 { stroke: #bc4c00; color: #bc4c00; }
  .s4 { stroke: #8250df; color: #8250df; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; } text { fill: #e6edf3; } .note { fill: #9198a1; }
    .axis { stroke: #9198a1; } .grid { stroke: #2f353d; } .bound { stroke: #e6edf3; }
    .s0 { stroke: #58a6ff; color: #58a6ff; } .s1 { stroke: #3fb950; color: #3fb950; }
    .s2 { stroke: #ff7b72; color: #ff7b72; } .s3 { stroke: #f0883e; color: #f0883e; }
    .s4 { stroke: #bc8cff; color: #bc8cff; }
  }`;

/** Two panels: excess of leases by fleet size, right and wrong; and what they cost in writes. */
export const drawBounds = ({ fleets, bound, excess, writes }: Simulation['plot']): string => {
  const lines = excess.map(
    ({ rule, excess: values }, index): Series => ({
      name: names[rule],
      values,
      style: `s${index}`,
    }),
  );
  const stated: Series = {
    name: 'bound: (ttl + skew)/T',
    values: fleets.map(() => bound),
    style: 'bound',
  };
  const most = Math.max(bound, ...excess.flatMap(({ excess: values }) => values));
  const units: Axis = { ticks: linearTicks(most), isLog: false };
  const least = Math.min(...writes.flatMap(({ writes: values }) => values));
  const decades = Math.max(Math.ceil(-Math.log10(least)), 1);
  const costs: Axis = {
    ticks: Array.from({ length: decades + 1 }, (_, index) => 10 ** (index - decades)),
    isLog: true,
  };
  const writeLines = writes.map(
    ({ name, writes: values }, index): Series => ({ name, values, style: `s${index}` }),
  );
  const one: Series = { name: 'one write a decision', values: fleets.map(() => 1), style: 'bound' };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 470" role="img" aria-labelledby="title">
<title id="title">Leases by fleet size: excess over the limit, and writes a decision</title>
<style>${style}
</style>
<rect class="ground" width="960" height="470"/>
${panel({
  left: 70,
  title: 'Leases: worst excess over B + W/T, units',
  note: 'bucket of 20,000, 200 a second; ttl 5 s, clocks 2 s apart',
  fleets,
  axis: units,
  series: [stated, ...lines],
})}
${panel({
  left: 550,
  title: 'Leases: writes a decision',
  note: 'random arrivals at 80 % of the limit',
  fleets,
  axis: costs,
  series: [one, ...writeLines],
})}
</svg>
`;
};
