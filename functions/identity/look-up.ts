import QuickLRU from 'quick-lru';
import type { Clock } from '../kernel/clock.ts';

export interface LookUpOptions<T> {
  /** `undefined` where there is nothing of the name. */
  readonly load: (name: string) => Promise<T | undefined>;
  readonly clock: Clock;
  /** At most twice as many are held. */
  readonly maxNames: number;
}

/** What was found is believed for so long, and what was not. */
const knownForMs = 30_000;
const unknownForMs = 5_000;
/** While the store is down, what was found before goes on for this long. */
const staleForMs = 15 * 60_000;
/** And the store is asked again only so often. */
const retryAfterMs = 1_000;

/**
 * Looks names up in a store, through what this process remembers.
 * @throws whatever `load` throws, where nothing is known
 */
export const createLookUp = <T>({ load, clock, maxNames }: LookUpOptions<T>) => {
  const known = new QuickLRU<string, { readonly value: T | undefined; readonly readAt: number }>({
    maxSize: maxNames,
  });
  const failures = new QuickLRU<string, { readonly cause: unknown; readonly at: number }>({
    maxSize: maxNames,
  });

  const ask = async (name: string): Promise<T | undefined> => {
    const failure = failures.get(name);
    if (failure !== undefined && clock.now() - failure.at < retryAfterMs) throw failure.cause;
    try {
      const value = await load(name);
      known.set(name, { value, readAt: clock.now() });
      failures.delete(name);
      return value;
    } catch (cause) {
      failures.set(name, { cause, at: clock.now() });
      throw cause;
    }
  };

  return async (name: string): Promise<T | undefined> => {
    const entry = known.get(name);
    if (entry === undefined) return ask(name);
    const { value, readAt } = entry;
    const age = clock.now() - readAt;
    if (age < (value === undefined ? unknownForMs : knownForMs)) return value;
    try {
      return await ask(name);
    } catch (cause) {
      if (value === undefined || age >= staleForMs) throw cause;
      return value;
    }
  };
};
