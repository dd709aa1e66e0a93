import { crc16 } from '../../kernel/hashing.ts';

/** A unit is one chunk, or 4, 16, 64 or 256 of them by the hash of the link. */
export const maxDepth = 4;

/** The first `depth` base-4 digits of the link's hash: the chunk it is in. */
export const prefixOf = (link: string, depth: number): string =>
  depth === 0 ? '' : (crc16(link) >>> (16 - 2 * depth)).toString(4).padStart(depth, '0');

export const prefixesAt = (depth: number): string[] =>
  depth === 0
    ? ['']
    : Array.from({ length: 4 ** depth }, (_, index) => index.toString(4).padStart(depth, '0'));

/** Whether two chunks of different depths can hold the same link. */
export const overlap = (left: string, right: string): boolean =>
  left.startsWith(right) || right.startsWith(left);

/** The depth at which chunks of a unit of `bytes` have at most `targetBytes`, if links are even. */
export const depthFor = (bytes: number, targetBytes: number): number => {
  let depth = 0;
  while (depth < maxDepth && bytes > targetBytes * 4 ** depth) depth++;
  return depth;
};
