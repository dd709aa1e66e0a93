import type { Clock } from '../../kernel/clock.ts';
import { evenSlotMap, parseSlotMap, type SlotMap } from './slot-map.ts';
import { type SlotMapSource, slotMapStalenessMs } from './slot-map-source.ts';

/** After a failure the store is left alone for this long. */
const retryAfterMs = 1_000;

export interface CachedSlotMapOptions {
  readonly tables: readonly string[];
  /** Reads the stored map; undefined where none is stored. */
  readonly read: () => Promise<unknown>;
  readonly clock: Clock;
  /** Is told why a stored map could not be used. */
  readonly onFailure: (error: unknown) => void;
}

/** Keeps the newest map seen, starting from the even one; a failure changes nothing. */
export const cachedSlotMap = (options: CachedSlotMapOptions): SlotMapSource => {
  const { tables, read, clock, onFailure } = options;
  let held = evenSlotMap(tables);
  let readAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let pending: Promise<SlotMap> | undefined;

  const load = async (): Promise<SlotMap> => {
    const askedAt = clock.now();
    try {
      const stored = await read();
      const map = stored === undefined ? evenSlotMap(tables) : parseSlotMap(stored, tables);
      // An eventually consistent read may be older than the one before it.
      if (map.version >= held.version) held = map;
      readAt = askedAt;
    } catch (error) {
      failedAt = askedAt;
      onFailure(error);
    } finally {
      pending = undefined;
    }
    return held;
  };

  const refresh = (): Promise<SlotMap> => {
    pending ??= load();
    return pending;
  };

  const isDue = (maxAgeMs: number): boolean =>
    clock.now() - readAt > maxAgeMs && clock.now() - failedAt > retryAfterMs;

  return {
    current: () => {
      if (isDue(slotMapStalenessMs)) void refresh();
      return held;
    },
    atMost: async (maxAgeMs) => (isDue(maxAgeMs) ? refresh() : held),
  };
};
