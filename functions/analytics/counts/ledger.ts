import type { Unit } from './unit.ts';

/** What a workspace still owes: hours and days whose counts lie a level below only. */
export interface Ledger {
  /** Starts of hours, in epoch minutes, each with the token of its last mark. */
  readonly hours: ReadonlyMap<number, string>;
  readonly days: ReadonlyMap<number, string>;
  /** The deepest split of any unit of the workspace. */
  readonly depth: number;
}

export interface Debt {
  readonly unit: Pick<Unit, 'level' | 'start'>;
  readonly token: string;
}

/**
 * A unit is marked after something below it was written, and settled after it was counted, but only
 * if nobody marked it since its token was read.
 */
export interface LedgerStore {
  read(workspace: string): Promise<Ledger>;
  /** Marks hours under one token; gives the ledger after it. */
  mark(workspace: string, hours: readonly number[], token: string): Promise<Ledger>;
  /** In one step clears `debt` and marks `next`; false where the token is no longer its own. */
  settle(workspace: string, debt: Debt, next?: Debt): Promise<boolean>;
  /** Tells readers to look for chunks down to `depth`, before the first is written. */
  deepen(workspace: string, depth: number): Promise<void>;
}
