/** A bound, and the worst that a simulation has seen of it. */
export interface Claim {
  readonly claim: string;
  readonly formula: string;
  readonly bound: number;
  readonly worst: number;
  /** A rule that is known to be wrong: it has to pass the bound, or the simulation shows nothing. */
  readonly isControl?: boolean;
}

export interface Table {
  readonly title: string;
  /** Which code ran: the product's, or a model of the design. */
  readonly note: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const isAsStated = ({ bound, worst, isControl = false }: Claim): boolean =>
  worst > bound === isControl;

const thousands = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

export const format = (value: number): string => thousands.format(value);

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;

const answer = (claim: Claim): string => {
  if (claim.isControl) return isAsStated(claim) ? 'broken, as it must be' : '**NOT BROKEN**';
  return isAsStated(claim) ? 'yes' : '**NO**';
};

export const toClaimTable = (title: string, note: string, claims: readonly Claim[]): Table => ({
  title,
  note,
  head: ['claim', 'formula', 'stated bound', 'worst seen', 'holds'],
  rows: claims.map((claim) => [
    claim.claim,
    claim.formula,
    format(claim.bound),
    format(claim.worst),
    answer(claim),
  ]),
});

export const toMarkdown = ({ title, note, head, rows }: Table): string => {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [`## ${title}`, note, '', line(head), line(head.map(() => '---')), ...rows.map(line)].join(
    '\n',
  );
};
