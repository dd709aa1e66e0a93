import type { Edges, Segment } from './segment.ts';

// In this order both those near the head (a, b) and those near the tail (b, c) are one key range.
const letters = { head: 'a', both: 'b', tail: 'c', none: 'd' } as const satisfies Record<
  Edges,
  string
>;

export const edgeRanges = {
  head: ['a', 'b~'],
  tail: ['b', 'c~'],
} as const;

export const partitionOf = ({ workspace, minute }: Pick<Segment, 'workspace' | 'minute'>): string =>
  `${minute}#${workspace}`;

export const sortKeyOf = ({ edges, id }: Pick<Segment, 'edges' | 'id'>): string =>
  `${letters[edges]}${id}`;

export const edgesOfSortKey = (sk: string): Edges | undefined =>
  (Object.keys(letters) as Edges[]).find((edges) => letters[edges] === sk[0]);

/** What a key says of its segment; undefined where it is no segment's. */
export const parseSegmentKey = (
  pk: string,
  sk: string,
): Pick<Segment, 'workspace' | 'minute' | 'edges'> | undefined => {
  const [, minute, workspace] = /^(\d+|late)#(.+)$/s.exec(pk) ?? [];
  const edges = edgesOfSortKey(sk);
  return minute === undefined || workspace === undefined || edges === undefined
    ? undefined
    : { workspace, minute: minute === 'late' ? 'late' : Number(minute), edges };
};
