import { median } from '../support/median.ts';
import type { Cell } from './cells.ts';
import { type Contender, onRedis } from './contenders.ts';

const limitsOf = (contender: Contender): number => (contender.startsWith('Hopgate') ? 3 : 1);

const number = (value: number): string => value.toLocaleString('en');

export const printCells = (cells: readonly Cell[]): void => {
  console.log(
    '| scenario | processes | callers | limiter | limits | decisions/s | round trips a decision | WRU a decision | allowed |',
  );
  console.log('|---|---:|---:|---|---:|---:|---:|---:|---:|');
  for (const cell of cells) {
    const { scenario, processes, callers, contender } = cell;
    const columns = [
      scenario,
      processes,
      callers,
      contender,
      limitsOf(contender),
      number(cell.perSecond),
      cell.tripsEach.toFixed(3),
      onRedis(contender) ? '' : cell.unitsEach.toFixed(3),
      number(cell.allowed),
    ];
    console.log(`| ${columns.join(' | ')} |`);
  }
};

interface Row {
  readonly figure: string;
  readonly expected: string;
  readonly measured: readonly number[];
  readonly holds: (value: number) => boolean;
  /**
   * Counted figures are the same on every machine, and each has to hold; of times, which fail no
   * build, the median of all shapes.
   */
  readonly isCounted: boolean;
}

/** Sets the figures against what is expected of them; false when a counted one is missed. */
export const compare = (cells: readonly Cell[]): boolean => {
  const of = (scenario: string, contender: Contender, processes?: number) =>
    cells.filter(
      (cell) =>
        cell.scenario === scenario &&
        cell.contender === contender &&
        (processes === undefined || cell.processes === processes),
    );
  const ratios = (scenario: string, ours: Contender, theirs: Contender) =>
    of(scenario, ours).map((cell) => {
      const other = of(scenario, theirs, cell.processes).find(
        ({ callers }) => callers === cell.callers,
      );
      // Of rounds that ran one after the other.
      return median(cell.rounds.map((perSecond, round) => perSecond / (other?.rounds[round] ?? 0)));
    });
  const units = (found: readonly Cell[]) => found.map(({ unitsEach }) => unitsEach);
  const rows: readonly Row[] = [
    {
      figure: 'WRU a decision, 1,000 keys, three limits, four processes',
      expected: '≤ 1.05',
      measured: units(of('1,000 keys, allowed', 'Hopgate', 4)),
      holds: (value) => value <= 1.05,
      isCounted: true,
    },
    {
      figure: 'the same, one limit, rate-limiter-flexible',
      expected: '2.00',
      measured: units(of('1,000 keys, allowed', 'rate-limiter-flexible', 4)),
      holds: (value) => value > 1.99,
      isCounted: true,
    },
    {
      figure: 'WRU a decision, one hot key with leases',
      expected: '≤ 0.06',
      measured: units(of('1 hot key, allowed', 'Hopgate, leased')),
      holds: (value) => value <= 0.06,
      isCounted: true,
    },
    {
      figure: 'WRU a decision, one hot key, denied',
      expected: '0 once cached',
      measured: units(of('1 hot key, denied', 'Hopgate')),
      holds: (value) => value <= 0.005,
      isCounted: true,
    },
    ...['1,000 keys', '10,000 keys'].flatMap((keys) =>
      (['Hopgate, no request ids', 'Hopgate'] as const).map((ours) => ({
        figure: `decisions/s beside rate-limiter-flexible, ${keys}${ours === 'Hopgate' ? ', each charged once by its id, which theirs is not' : ''}`,
        expected: '≥ 1.5 ×',
        measured: ratios(`${keys}, allowed`, ours, 'rate-limiter-flexible'),
        holds: (value: number) => value >= 1.5,
        isCounted: false,
      })),
    ),
    {
      figure: 'decisions/s beside rate-limiter-flexible, one hot key with leases',
      expected: '≥ 20 ×',
      measured: ratios('1 hot key, allowed', 'Hopgate, leased', 'rate-limiter-flexible'),
      holds: (value) => value >= 20,
      isCounted: false,
    },
    {
      figure: 'round trips a decision on Redis, one hot key, three limits',
      expected: '≤ 1.05',
      measured: of('1 hot key, allowed', 'Hopgate on Redis').map(({ tripsEach }) => tripsEach),
      holds: (value) => value > 0 && value <= 1.05,
      isCounted: true,
    },
  ];
  console.log(
    '\n| figure | expected | measured, least to most | median | |\n|---|---|---|---:|---|',
  );
  let isFine = true;
  for (const { figure, expected, measured, holds, isCounted } of rows) {
    if (measured.length === 0) continue;
    const digits = isCounted ? 4 : 2;
    const range = [Math.min(...measured), Math.max(...measured)].map((v) => v.toFixed(digits));
    const middle = median(measured);
    const judged = isCounted ? measured : [middle];
    const verdict = judged.every(holds) ? 'holds' : isCounted ? 'MISSED' : 'not in this run';
    if (isCounted && verdict !== 'holds') isFine = false;
    const columns = [figure, expected, [...new Set(range)].join(' to '), middle.toFixed(digits)];
    console.log(`| ${columns.join(' | ')} | ${verdict} |`);
  }
  return isFine;
};
