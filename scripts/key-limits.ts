import { AppError } from '../functions/kernel/errors.ts';
import type { LimitPolicies } from '../functions/limiter/env.ts';
import { type KeyLimits, toKeyPolicies } from '../functions/limiter/http/api-policies.ts';

type Option = 'per-hour' | 'burst' | 'checks-per-second' | 'checks-burst';

/** What options stand for in the refusals of the policy table. */
const options: Readonly<Record<string, Option>> = {
  'perKey.limitPerHour': 'per-hour',
  'perKey.burst': 'burst',
  'checksPerKey.limitPerSecond': 'checks-per-second',
  'checksPerKey.burst': 'checks-burst',
};

const check = (table: LimitPolicies, limits: KeyLimits): void => {
  try {
    toKeyPolicies(table, limits);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const [{ field, detail } = { field: '', detail: error.message }] = error.fields;
    throw new Error(`--${options[field] ?? field} ${detail}`);
  }
};

/** @throws Error that names the first option which the stage's table cannot have */
export const readKeyLimits = (
  values: Readonly<Partial<Record<Option, string>>>,
  table: LimitPolicies,
): KeyLimits => {
  const numbers = <K extends string>(names: Readonly<Record<K, Option>>) =>
    Object.fromEntries(
      Object.entries<Option>(names).flatMap(([name, option]) =>
        values[option] === undefined ? [] : [[name, Number(values[option])]],
      ),
    ) as Partial<Record<K, number>>;
  const requests = numbers({ limitPerHour: 'per-hour', burst: 'burst' });
  const checks = numbers({ limitPerSecond: 'checks-per-second', burst: 'checks-burst' });
  const limits = {
    ...(Object.keys(requests).length > 0 && { requests }),
    ...(Object.keys(checks).length > 0 && { checks }),
  };
  if (Object.keys(limits).length === 0) {
    throw new Error(
      `which limit? Give ${Object.values(options)
        .map((each) => `--${each}`)
        .join(', ')} or --none`,
    );
  }
  check(table, limits);
  return limits;
};

export const describeLimits = (limits: KeyLimits | undefined): string => {
  if (limits === undefined) return 'no limits of its own';
  const { requests, checks } = limits;
  const words = [
    [requests?.limitPerHour, 'requests an hour'],
    [requests?.burst, 'at once'],
    [checks?.limitPerSecond, 'checks a second'],
    [checks?.burst, 'checks at once'],
  ] as const;
  return words
    .flatMap(([number, unit]) => (number === undefined ? [] : [`${number} ${unit}`]))
    .join(', ');
};
