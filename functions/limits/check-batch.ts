import type { CheckResult } from './check-limits.ts';

/** Keys charged at a time: more would wait for connections, and then for the limiter's budget. */
const parallelKeys = 4;

const targetOf = (check: unknown): string => {
  const { policy, key } = (check ?? {}) as Record<string, unknown>;
  return JSON.stringify([policy, key]);
};

/**
 * Runs checks a few at a time, those of one policy and key one after the other: so the first of
 * them gets the last unit, and their writes do not meet on the key's item.
 */
export const checkBatch = async (
  checks: readonly unknown[],
  run: (check: unknown) => Promise<CheckResult>,
): Promise<readonly PromiseSettledResult<CheckResult>[]> => {
  const results: PromiseSettledResult<CheckResult>[] = [];
  const places = Map.groupBy(checks.keys(), (index) => targetOf(checks[index]));
  const waiting = [...places.values()];
  const worker = async (): Promise<void> => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
      for (const index of group) {
        const [result] = await Promise.allSettled([run(checks[index])]);
        results[index] = result;
      }
    }
  };
  await Promise.all(Array.from({ length: parallelKeys }, worker));
  return results;
};
