import { validationFailed } from '../kernel/errors.ts';
import type { Concurrency } from './algorithms/concurrency.ts';
import type { FixedWindow } from './algorithms/fixed-window.ts';
import { arithmeticOf, capacity, type Limit } from './algorithms/limit.ts';
import type { SlidingWindow } from './algorithms/sliding-window.ts';
import {
  combinationFaults,
  limitFaults,
  maxUnits,
  modeFaults,
  nameFaults,
  oneOf,
  toLimit,
  wholeNumber,
} from './policy-faults.ts';

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
  /** Charges are recorded, so that any process can give them back for ten minutes. */
  readonly refundable: boolean;
  /** Processes take units in batches and spend them on their own: for subjects that are hot. */
  readonly leased: boolean;
  /** Parts that a subject is split into, each with its part of the limits. */
  readonly shards: number;
}

export interface BucketInput {
  readonly name: string;
  readonly burst: number;
  /** Units regained in `windowSeconds`. */
  readonly limit: number;
  readonly windowSeconds: number;
}

export type LimitInput =
  | FixedWindow
  | SlidingWindow
  | Concurrency
  | (BucketInput & { readonly algorithm: 'leaky-bucket' })
  | (BucketInput & {
      readonly algorithm: 'token-bucket';
      /**
       * Never more than `limit` in any `windowSeconds`, the burst included: the bucket then regains
       * only `limit - burst` in that time. @default false
       */
      readonly hardCap?: boolean;
    });

export interface PolicyInput {
  readonly name: string;
  readonly limits: readonly LimitInput[];
  /** @default enforce */
  readonly mode?: Mode;
  /** @default open */
  readonly onFailure?: OnFailure;
  /** @default 10 */
  readonly insuranceDivisor?: number;
  /** @default false */
  readonly refundable?: boolean;
  /** @default false */
  readonly leased?: boolean;
  /** 1 to 64; each part of each limit is to be 16 or more. @default 1 */
  readonly shards?: number;
}

/** @throws AppError `validation-failed` that names each zero, negative, fractional or absurd value */
export const definePolicy = (input: PolicyInput): Policy => {
  const { name, mode = 'enforce', onFailure = 'open', insuranceDivisor = 10 } = input;
  const { refundable = false, leased = false, shards = 1 } = input;
  const faults = [
    ...nameFaults('name', name),
    ...oneOf('mode', mode, ['enforce', 'shadow']),
    ...oneOf('onFailure', onFailure, ['open', 'closed']),
    ...wholeNumber('insuranceDivisor', insuranceDivisor, 1e6),
    ...wholeNumber('shards', shards, 64),
    ...oneOf('refundable', refundable, [true, false]),
    ...oneOf('leased', leased, [true, false]),
    ...(input.limits.length === 0
      ? [{ field: 'limits', code: 'required', detail: 'needs at least one limit' }]
      : []),
    ...input.limits.flatMap((limit, index) => limitFaults(limit, `limits[${index}]`)),
    ...combinationFaults(input.limits),
  ];
  if (faults.length > 0) throw validationFailed(faults);
  const limits = input.limits.map(toLimit);
  const settings = { mode, onFailure, insuranceDivisor, refundable, leased, shards };
  const policy: Policy = { name, limits, ...settings };
  const conflicts = modeFaults(policy, limits);
  if (conflicts.length > 0) throw validationFailed(conflicts);
  return policy;
};

/**
 * The policy with its units taken by lease.
 * @throws AppError `validation-failed` for one whose units cannot be
 */
export const leasedPolicy = (policy: Policy): Policy => {
  const leased: Policy = { ...policy, leased: true };
  const conflicts = modeFaults(leased, leased.limits);
  if (conflicts.length > 0) throw validationFailed(conflicts);
  return leased;
};

const divided = new WeakMap<Policy, Map<number, Policy>>();

/** The policy with each limit's `parts`-th part, at least one unit; the same object every time. */
export const dividePolicy = (policy: Policy, parts: number): Policy => {
  if (parts === 1) return policy;
  const known = divided.get(policy) ?? new Map<number, Policy>();
  divided.set(policy, known);
  const limits = policy.limits.map((limit) => arithmeticOf(limit).divide(limit, parts));
  const part = known.get(parts) ?? { ...policy, limits };
  known.set(parts, part);
  return part;
};

/**
 * @throws AppError `validation-failed` for a cost that no amount of waiting would let through: the
 * store is not asked, because an absent attribute would admit it.
 */
export const checkCost = (policies: readonly Policy[], cost: number): void => {
  const most = Math.min(
    maxUnits,
    ...policies.flatMap((policy) => dividePolicy(policy, policy.shards).limits.map(capacity)),
  );
  if (Number.isSafeInteger(cost) && cost >= 0 && cost <= most) return;
  const detail = `must be a whole number from 0 to ${most}`;
  throw validationFailed([{ field: 'cost', code: 'out-of-range', detail }]);
};
