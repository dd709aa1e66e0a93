import type { Link } from '../link.ts';
import type { IndexRow } from './link-index.ts';

// Encoded, so that no workspace or tag can be written to name another's list.
export const workspacePartition = (workspace: string): string =>
  `W#${encodeURIComponent(workspace)}`;

export const tagPartition = (workspace: string, tag: string): string =>
  `${workspacePartition(workspace)}#T#${encodeURIComponent(tag)}`;

/** By time of making, then by id; a code's next life has a position of its own. */
export const positionOf = ({ createdAt, id }: Pick<Link, 'createdAt' | 'id'>): string =>
  `${createdAt.toString(36).padStart(9, '0')}#${id}`;

const partitionsOf = (link: Link | undefined): string[] =>
  link === undefined || link.state === 'trashed'
    ? []
    : [
        workspacePartition(link.workspace),
        ...link.tags.map((tag) => tagPartition(link.workspace, tag)),
      ];

/** Versions take the even ranks; removing the record of a version ranks just above it. */
const rankOf = (version: number): number => version * 2;

const isSameLife = (before: Link, after: Link): boolean =>
  positionOf(before) === positionOf(after) && before.workspace === after.workspace;

/**
 * The rows that a change of a record asks for. They commute: applied in any order, and repeated, the
 * index ends up with the newest version of each link.
 */
export const rowsOfChange = (before: Link | undefined, after: Link | undefined): IndexRow[] => {
  const continues = before !== undefined && after !== undefined && isSameLife(before, after);
  const listed = partitionsOf(after);
  const left = partitionsOf(before).filter((name) => !continues || !listed.includes(name));
  return [
    ...left.map((partition) => ({
      partition,
      position: positionOf(before as Link),
      rank: continues ? rankOf(after.version) : rankOf((before as Link).version) + 1,
    })),
    ...listed.map((partition) => ({
      partition,
      position: positionOf(after as Link),
      rank: rankOf((after as Link).version),
      link: after as Link,
    })),
  ];
};
