import { isDeepStrictEqual } from 'node:util';

const startedAt = performance.now();

/** Ends every wait and every child process of this run. */
export const deadline = AbortSignal.timeout(170_000);

const differences: string[] = [];

export const differenceCount = (): number => differences.length;

export const say = (text: string): void => {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${seconds.padStart(6)} s  ${text}`);
};

export const differ = (what: string): void => {
  differences.push(what);
  console.error(`DIFFERENCE  ${what}`);
};

const gaps = new Set<string>();

/** Notes what the emulator does not do, so that nobody takes a pass for more than it is. */
export const lacks = (what: string): void => {
  gaps.add(what);
};

export const gapsFound = (): readonly string[] => [...gaps];

export const expectEqual = (what: string, actual: unknown, expected: unknown): void => {
  if (isDeepStrictEqual(actual, expected)) return;
  differ(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
};

/** Runs one step and says how long it took. */
export const step = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
  deadline.throwIfAborted();
  const from = performance.now();
  const before = differences.length;
  const result = await run();
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  say(`${differences.length === before ? 'ok  ' : 'FAIL'}  ${what} (${seconds} s)`);
  return result;
};

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Looks again every quarter of a second until there is something; undefined after `seconds`. */
export const within = async <T>(
  seconds: number,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> => {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    deadline.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    await pause(250);
  }
  return undefined;
};
