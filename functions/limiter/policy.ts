import { type FieldError, validationFailed } from '../kernel/errors.ts';
import type { FixedWindow } from './algorithms/fixed-window.ts';
import { capacity, type Limit } from './algorithms/limit.ts';
import type { TokenBucket } from './algorithms/token-bucket.ts';

/** What holds while the store does not answer: admit within the insurance's quota, or refuse. */
export type OnFailure = 'open' | 'closed';

/** `shadow` decides and counts, and refuses nobody. */
export type Mode = 'enforce' | 'shadow';

export interface Policy {
  readonly name: string;
  readonly limits: readonly Limit[];
  readonly mode: Mode;
  readonly onFailure: OnFailure;
  /** While the store is down, one process admits this part of the quota: 1 / insuranceDivisor. */
  readonly insuranceDivisor: number;
}

export type LimitInput =
  | FixedWindow
  | {
      readonly algorithm: 'token-bucket';
      readonly name: string;
      readonly burst: number;
      /** Units regained in `windowSeconds`. */
      readonly limit: number;
      readonly windowSeconds: number;
    };

export interface PolicyInput {
  readonly name: string;
  readonly limits: readonly LimitInput[];
  /** @default enforce */
  readonly mode?: Mode;
  /** @default open */
  readonly onFailure?: OnFailure;
  /** @default 10 */
  readonly insuranceDivisor?: number;
}

const maxUnits = 1e9;
const maxWindowSeconds = 366 * 86_400;
const maxPerSecond = 100_000;
const namePattern = /^[a-z][a-z0-9-]{0,62}$/;

const wholeNumber = (field: string, value: unknown, most: number): FieldError[] =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most
    ? []
    : [{ field, code: 'out-of-range', detail: `must be a whole number from 1 to ${most}` }];

const oneOf = (field: string, value: unknown, choices: readonly string[]): FieldError[] =>
  choices.includes(value as string)
    ? []
    : [{ field, code: 'not-allowed', detail: `must be one of: ${choices.join(', ')}` }];

const nameFaults = (field: string, name: unknown): FieldError[] =>
  typeof name === 'string' && namePattern.test(name)
    ? []
    : [{ field, code: 'malformed', detail: 'must be 1 to 63 of a-z, 0-9 and -, letter first' }];

const limitFaults = (limit: LimitInput, at: string): FieldError[] => {
  const faults = [
    ...oneOf(`${at}.algorithm`, limit.algorithm, ['token-bucket', 'fixed-window']),
    ...nameFaults(`${at}.name`, limit.name),
    ...wholeNumber(`${at}.limit`, limit.limit, maxUnits),
    ...wholeNumber(`${at}.windowSeconds`, limit.windowSeconds, maxWindowSeconds),
    ...(limit.algorithm === 'token-bucket'
      ? wholeNumber(`${at}.burst`, limit.burst, maxUnits)
      : []),
  ];
  if (faults.length > 0 || limit.algorithm !== 'token-bucket') return faults;
  if (limit.limit / limit.windowSeconds > maxPerSecond) {
    return [
      { field: `${at}.limit`, code: 'too-large', detail: `at most ${maxPerSecond} a second` },
    ];
  }
  return (limit.burst * limit.windowSeconds) / limit.limit > maxWindowSeconds
    ? [{ field: `${at}.burst`, code: 'too-large', detail: 'would take over a year to refill' }]
    : [];
};

/** Rounded up, so that never more than `limit` units flow back in the window. */
const toLimit = (input: LimitInput): Limit =>
  input.algorithm === 'fixed-window'
    ? input
    : ({
        algorithm: 'token-bucket',
        name: input.name,
        burst: input.burst,
        intervalMicros: Math.ceil((input.windowSeconds * 1e6) / input.limit),
      } satisfies TokenBucket);

const duplicates = (values: readonly unknown[]): boolean => new Set(values).size < values.length;

/** @throws AppError `validation-failed` that names each zero, negative, fractional or absurd value */
export const definePolicy = (input: PolicyInput): Policy => {
  const { mode = 'enforce', onFailure = 'open', insuranceDivisor = 10 } = input;
  const faults = [
    ...nameFaults('name', input.name),
    ...oneOf('mode', mode, ['enforce', 'shadow']),
    ...oneOf('onFailure', onFailure, ['open', 'closed']),
    ...wholeNumber('insuranceDivisor', insuranceDivisor, 1e6),
    ...(input.limits.length === 0
      ? [{ field: 'limits', code: 'required', detail: 'needs at least one limit' }]
      : []),
    ...input.limits.flatMap((limit, index) => limitFaults(limit, `limits[${index}]`)),
  ];
  const windows = input.limits.filter(({ algorithm }) => algorithm === 'fixed-window');
  if (
    duplicates(input.limits.map(({ name }) => name)) ||
    duplicates(windows.map(({ windowSeconds }) => windowSeconds)) ||
    input.limits.length - windows.length > 1
  ) {
    const detail = 'at most one token bucket and one limit a window, each with its own name';
    faults.push({ field: 'limits', code: 'conflicting', detail });
  }
  if (faults.length > 0) throw validationFailed(faults);
  const limits = input.limits.map(toLimit);
  return { name: input.name, limits, mode, onFailure, insuranceDivisor };
};

/**
 * @throws AppError `validation-failed` for a cost that no amount of waiting would let through: the
 * store is not asked, because an absent attribute would admit it.
 */
export const checkCost = (policies: readonly Policy[], cost: number): void => {
  const most = Math.min(...policies.flatMap(({ limits }) => limits.map(capacity)));
  if (Number.isSafeInteger(cost) && cost >= 0 && cost <= most) return;
  const detail = `must be a whole number from 0 to ${most}`;
  throw validationFailed([{ field: 'cost', code: 'out-of-range', detail }]);
};
