import type { Debt, Ledger } from './ledger.ts';

const letters = { minute: 'm', hour: 'h', day: 'd' } as const;

/** A ledger is one flat item: `h<start>` and `d<start>` hold tokens, `depth<n>` is there or not. */
export const debtName = ({ level, start }: Debt['unit']): string => `${letters[level]}${start}`;

export const depthName = (depth: number): string => `depth${depth}`;

export const toLedger = (attributes: Readonly<Record<string, unknown>>): Ledger => {
  const hours = new Map<number, string>();
  const days = new Map<number, string>();
  let depth = 0;
  for (const [name, value] of Object.entries(attributes)) {
    const [, kind, digits] = /^(h|d|depth)(\d+)$/.exec(name) ?? [];
    if (kind === 'h') hours.set(Number(digits), String(value));
    if (kind === 'd') days.set(Number(digits), String(value));
    if (kind === 'depth') depth = Math.max(depth, Number(digits));
  }
  return { hours, days, depth };
};
