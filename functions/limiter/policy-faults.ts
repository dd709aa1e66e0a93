import type { FieldError } from '../kernel/errors.ts';
import { algorithmNames, capacity, type Limit } from './algorithms/limit.ts';
import { bucketMicros } from './algorithms/token-bucket.ts';
import type { BucketInput, LimitInput, Policy } from './policy.ts';

export const maxUnits = 1e9;
const maxWindowSeconds = 366 * 86_400;
const maxPerSecond = 100_000;
/** Leases lie on the item, some 25 bytes each. */
const maxLeases = 1000;
/** Units of a shard's limit: with fewer, chance decides who is refused. */
const leastShard = 16;
const namePattern = /^[a-z][a-z0-9-]{0,62}$/;

export const wholeNumber = (field: string, value: unknown, most: number): FieldError[] =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most
    ? []
    : [{ field, code: 'out-of-range', detail: `must be a whole number from 1 to ${most}` }];

export const oneOf = (field: string, value: unknown, choices: readonly unknown[]): FieldError[] =>
  choices.includes(value)
    ? []
    : [{ field, code: 'not-allowed', detail: `must be one of: ${choices.join(', ')}` }];

export const nameFaults = (field: string, name: unknown): FieldError[] =>
  typeof name === 'string' && namePattern.test(name)
    ? []
    : [{ field, code: 'malformed', detail: 'must be 1 to 63 of a-z, 0-9 and -, letter first' }];

type BucketLimitInput = Extract<LimitInput, BucketInput>;

const bucketFaults = (limit: BucketLimitInput, at: string): FieldError[] => {
  const fault = (field: string, detail: string): FieldError[] => [
    { field: `${at}.${field}`, code: 'out-of-range', detail },
  ];
  if (limit.algorithm === 'token-bucket' && limit.hardCap === true && limit.burst >= limit.limit) {
    return fault('burst', 'must be below limit where hardCap is set');
  }
  if (limit.limit / limit.windowSeconds > maxPerSecond) {
    return fault('limit', `must be at most ${maxPerSecond} a second`);
  }
  return bucketMicros(toBucket(limit)) / 1e6 > maxWindowSeconds
    ? fault('burst', 'would take over a year to refill')
    : [];
};

/** By its algorithm: a table that was read as JSON may give a window a burst. */
const isBucketInput = (limit: LimitInput): limit is BucketLimitInput =>
  limit.algorithm === 'token-bucket' || limit.algorithm === 'leaky-bucket';

export const limitFaults = (limit: LimitInput, at: string): FieldError[] => {
  const { algorithm } = limit;
  const unknown = oneOf(`${at}.algorithm`, algorithm, algorithmNames);
  if (unknown.length > 0) return unknown;
  const faults = [...nameFaults(`${at}.name`, limit.name), ...numberFaults(limit, at)];
  const isCapped = 'hardCap' in limit && limit.hardCap !== undefined;
  if (isCapped) {
    const most = algorithm === 'token-bucket' ? [true, false] : [false];
    faults.push(...oneOf(`${at}.hardCap`, limit.hardCap, most));
  }
  return isBucketInput(limit) && faults.length === 0 ? bucketFaults(limit, at) : faults;
};

const numberFaults = (limit: LimitInput, at: string): FieldError[] => {
  if (limit.algorithm === 'concurrency') {
    return [
      ...wholeNumber(`${at}.limit`, limit.limit, maxLeases),
      ...wholeNumber(`${at}.leaseSeconds`, limit.leaseSeconds, maxWindowSeconds),
    ];
  }
  return [
    ...wholeNumber(`${at}.limit`, limit.limit, maxUnits),
    ...wholeNumber(`${at}.windowSeconds`, limit.windowSeconds, maxWindowSeconds),
    ...(isBucketInput(limit) ? wholeNumber(`${at}.burst`, limit.burst, maxUnits) : []),
  ];
};

/** Rounded up, so that never more than `limit` units flow back in the window. */
const toBucket = (input: BucketLimitInput): Extract<Limit, { burst: number }> => {
  const { algorithm, name, burst } = input;
  const hasCap = input.algorithm === 'token-bucket' && input.hardCap === true;
  const regained = hasCap ? input.limit - burst : input.limit;
  return {
    algorithm,
    name,
    burst,
    intervalMicros: Math.ceil((input.windowSeconds * 1e6) / regained),
  };
};

export const toLimit = (input: LimitInput): Limit =>
  isBucketInput(input) ? toBucket(input) : input;

const duplicates = (values: readonly unknown[]): boolean => new Set(values).size < values.length;

export const combinationFaults = (limits: readonly LimitInput[]): FieldError[] => {
  const windows = limits.flatMap((limit) =>
    'windowSeconds' in limit && !isBucketInput(limit) ? [limit.windowSeconds] : [],
  );
  const buckets = limits.filter(isBucketInput);
  const leases = limits.filter(({ algorithm }) => algorithm === 'concurrency');
  const isClear =
    !duplicates(limits.map(({ name }) => name)) &&
    !duplicates(windows) &&
    buckets.length <= 1 &&
    leases.length <= 1;
  if (isClear) return [];
  const detail = 'one bucket, one concurrency limit and one limit a window, each with its own name';
  return [{ field: 'limits', code: 'conflicting', detail: `at most ${detail}` }];
};

/** What cannot go with a way of charging. */
export const modeFaults = (
  { refundable, leased, shards }: Policy,
  limits: readonly Limit[],
): FieldError[] => {
  const conflict = (field: string, detail: string): FieldError => ({
    field,
    code: 'conflicting',
    detail,
  });
  const holds = limits.some(({ algorithm }) => algorithm === 'concurrency');
  const delays = limits.some(({ algorithm }) => algorithm === 'leaky-bucket');
  const isTooFine = limits.some((limit) => capacity(limit) / shards < leastShard);
  return [
    ...(refundable && holds ? [conflict('refundable', 'a lease is released instead')] : []),
    ...(refundable && leased ? [conflict('refundable', 'not for a leased policy')] : []),
    ...(leased && (holds || delays) ? [conflict('leased', 'for windows and token buckets')] : []),
    ...(leased && shards > 1 ? [conflict('shards', 'not for a leased policy')] : []),
    ...(shards > 1 && (holds || delays)
      ? [conflict('shards', 'for windows and token buckets')]
      : []),
    ...(shards > 1 && isTooFine ? [conflict('shards', `needs ${leastShard} a part`)] : []),
  ];
};
