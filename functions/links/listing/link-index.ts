import type { Link, LinkState } from '../link.ts';

/** One place where a link is listed, or was: the newest rank decides, in whatever order they come. */
export interface IndexRow {
  /** Which list: a workspace's, or one of its tags'. */
  readonly partition: string;
  /** Where in the list; greater is newer. */
  readonly position: string;
  readonly rank: number;
  /** Without one the row says that the link is listed here no more. */
  readonly link?: Link;
}

export interface PageQuery {
  readonly partition: string;
  /** Only what comes after this position, whether or not anything is there still. */
  readonly after?: string;
  readonly limit: number;
  readonly state?: LinkState;
}

export interface Page {
  readonly links: readonly Link[];
  /** Ask with it for the rest. A page may be short, even empty, and still have one. */
  readonly next?: string;
}

export interface LinkIndex {
  /** Stores the row unless one of its rank or a higher one is there. */
  apply(row: IndexRow): Promise<void>;
  /** Newest first. */
  page(query: PageQuery): Promise<Page>;
}
