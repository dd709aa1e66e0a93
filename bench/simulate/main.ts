/**
 * Simulates the limiter's bounds for fleets of 1 to 10,000 processes in virtual time; prints them as
 * Markdown and, for seed 1, draws docs/limiter-bounds.svg. Exits with 1 when one is passed, or when a rule that
 * is known to be wrong keeps to it. `node bench/simulate/main.ts [--seed 1]`
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isAsStated, toMarkdown } from './claim.ts';
import { drawBounds } from './plot/draw-bounds.ts';
import { simulate } from './simulation.ts';

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' } } });
const seed = Number(values.seed);
if (!Number.isSafeInteger(seed)) throw new RangeError('--seed must be a whole number');

const { claims, tables, plot } = await simulate({
  seeds: [seed, seed + 1],
  fleets: [1, 10, 100, 1000, 10_000],
});
console.log(tables.map(toMarkdown).join('\n\n'));
// The committed plot is seed 1's.
if (seed === 1) {
  writeFileSync(new URL('../../docs/limiter-bounds.svg', import.meta.url), drawBounds(plot));
}

for (const { claim, bound, worst } of claims.filter((one) => !isAsStated(one))) {
  console.error(`Not as stated: ${claim}: ${worst} against ${bound}`);
  process.exitCode = 1;
}
