import type { Link } from '../link.ts';
import { rowsOfChange } from './index-rows.ts';
import type { LinkIndex } from './link-index.ts';

/** What a record was and what it is now; one of them is missing where it came or went. */
export interface RecordChange {
  readonly before?: Link | undefined;
  readonly after?: Link | undefined;
}

/** Brings the read model up to one change; order and repetition do not matter. */
export const projectChange = async (
  index: LinkIndex,
  { before, after }: RecordChange,
): Promise<void> => {
  await Promise.all(rowsOfChange(before, after).map((row) => index.apply(row)));
};
