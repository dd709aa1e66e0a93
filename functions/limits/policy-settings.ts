import type { Algorithm, Mode, OnFailure } from '../limiter/index.ts';

/** One limit as its user wrote it; what is absent has a default. */
export interface LimitSettings {
  /** @default token-bucket */
  readonly algorithm?: Algorithm;
  readonly limit?: number;
  readonly windowSeconds?: number;
  /** Of a bucket. @default limit */
  readonly burst?: number;
  /** Of a token bucket. @default false */
  readonly hardCap?: boolean;
  /** Of a concurrency limit. @default 60 */
  readonly leaseSeconds?: number;
}

export interface NamedLimit extends LimitSettings {
  readonly name?: string;
}

/** A policy as its user wrote it: one limit, or several under `limits`. */
export interface PolicySettings extends LimitSettings {
  readonly limits?: readonly NamedLimit[];
  /** @default enforce */
  readonly mode?: Mode;
  /** @default open */
  readonly onFailure?: OnFailure;
  /** @default true, but for leased policies and concurrency limits */
  readonly refundable?: boolean;
  /** @default false */
  readonly leased?: boolean;
  /** @default 1 */
  readonly shards?: number;
  /** @default 10 */
  readonly insuranceDivisor?: number;
}

/** What one key has other than the rest. */
export interface LimitOverride {
  readonly limit?: number;
  readonly burst?: number;
}

export interface OverrideSettings extends LimitOverride {
  readonly windowSeconds?: number;
  readonly mode?: Mode;
  /** By the limit's name. */
  readonly limits?: Readonly<Record<string, LimitOverride>>;
}

const defaultLeaseSeconds = 60;

const own: Readonly<Record<Algorithm, readonly (keyof LimitSettings)[]>> = {
  'token-bucket': ['limit', 'windowSeconds', 'burst', 'hardCap'],
  'leaky-bucket': ['limit', 'windowSeconds', 'burst'],
  'fixed-window': ['limit', 'windowSeconds'],
  'sliding-window': ['limit', 'windowSeconds'],
  concurrency: ['limit', 'leaseSeconds'],
};

/** Members that describe one limit. */
export const limitMembers = [
  'limit',
  'windowSeconds',
  'burst',
  'hardCap',
  'leaseSeconds',
] as const satisfies readonly (keyof LimitSettings)[];

export const algorithmOf = ({ algorithm = 'token-bucket' }: LimitSettings): Algorithm => algorithm;

/** Members that were given and that the limit's algorithm does not have. */
export const misplacedMembers = (settings: LimitSettings): readonly string[] =>
  limitMembers.filter(
    (member) => settings[member] !== undefined && !own[algorithmOf(settings)].includes(member),
  );

/** The limit with its defaults filled in, and nothing that its algorithm does not have. */
export const withDefaults = (settings: LimitSettings): LimitSettings => {
  const algorithm = algorithmOf(settings);
  const members = own[algorithm];
  const filled: LimitSettings = {
    ...settings,
    burst: settings.burst ?? settings.limit,
    leaseSeconds: settings.leaseSeconds ?? defaultLeaseSeconds,
  };
  return {
    algorithm,
    ...Object.fromEntries(
      members.flatMap((member) => (filled[member] === undefined ? [] : [[member, filled[member]]])),
    ),
  };
};

/** The policy's limits, each with its name; a single one bears the policy's. */
export const limitsOf = (name: string, settings: PolicySettings): readonly NamedLimit[] => {
  if (settings.limits !== undefined) return settings.limits;
  const { algorithm, limit, windowSeconds, burst, hardCap, leaseSeconds } = settings;
  return [{ name, algorithm, limit, windowSeconds, burst, hardCap, leaseSeconds }];
};

/** All members of the policy that are not of one limit, with their defaults. */
export const traitsOf = (name: string, settings: PolicySettings) => {
  const { mode = 'enforce', onFailure = 'open', leased = false, shards = 1 } = settings;
  const holds = limitsOf(name, settings).some(({ algorithm }) => algorithm === 'concurrency');
  const { insuranceDivisor = 10, refundable = !(leased || holds) } = settings;
  return { mode, onFailure, refundable, leased, shards, insuranceDivisor };
};
