import type { SlotMap } from './slot-map.ts';

/** A held map is refreshed when it is older: moving a slot waits this long between its phases. */
export const slotMapStalenessMs = 60_000;

/** Where a process learns which table holds a slot. */
export interface SlotMapSource {
  /** The map that is held, at once; one that is missing or old is refreshed in the background. */
  current(): SlotMap;
  /**
   * A map read at most `maxAgeMs` ago, waiting for it where need be. Where it cannot be read, the
   * one that is held: never rejects.
   */
  atMost(maxAgeMs: number): Promise<SlotMap>;
}
