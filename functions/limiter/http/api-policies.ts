import { AppError, validationFailed } from '../../kernel/errors.ts';
import type { CheckSettings, LimitPolicies, LimitSettings } from '../env.ts';
import { definePolicy, type Policy, type PolicyInput } from '../policy.ts';

/** The policies that a {@link LimitPolicies} table describes. */
export interface ApiPolicies {
  readonly perKey: Policy;
  readonly checksPerKey: Policy;
  readonly perIp: Policy;
  readonly global: Policy;
}

const hourSeconds = 3600;

const defaultChecks: CheckSettings = {
  limitPerSecond: 1_000,
  burst: 1_000,
  onFailure: 'open',
  mode: 'enforce',
};

type Words = Readonly<Record<string, string>>;

/** Where the table's own words stand for the policy's. */
const tableNames: Words = {
  'limits[0].limit': 'limitPerHour',
  'limits[1].limit': 'limitPerHour',
  'limits[1].burst': 'burst',
};

const checkNames: Words = { 'limits[0].limit': 'limitPerSecond', 'limits[0].burst': 'burst' };

const defineRow = (row: string, input: PolicyInput, words = tableNames): Policy => {
  try {
    return definePolicy(input);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw validationFailed(
      error.fields.map((fault) => ({
        ...fault,
        field: `${row}.${words[fault.field] ?? fault.field}`,
      })),
    );
  }
};

const subjectPolicy = (
  row: string,
  name: string,
  { limitPerHour, burst, ...rest }: LimitSettings,
  insuranceDivisor: number,
): Policy => {
  const window = { name: 'hour', limit: limitPerHour, windowSeconds: hourSeconds };
  return defineRow(row, {
    name,
    limits: [
      { ...window, algorithm: 'fixed-window' },
      { ...window, algorithm: 'token-bucket', name: 'burst', burst },
    ],
    insuranceDivisor,
    ...rest,
  });
};

/** Leased: an item takes a thousand writes a second, and these would be as many. */
const checksPolicy = (
  { limitPerSecond, burst, ...rest }: CheckSettings,
  insuranceDivisor: number,
): Policy => {
  const bucket = { limit: limitPerSecond, windowSeconds: 1, burst };
  const limits = [{ name: 'checks', algorithm: 'token-bucket', ...bucket }] as const;
  const input = { name: 'checks', limits, insuranceDivisor, leased: true, ...rest };
  return defineRow('checksPerKey', input, checkNames);
};

/** @throws AppError `validation-failed` for a zero, negative or absurd value */
export const toPolicies = ({
  perKey,
  checksPerKey = defaultChecks,
  perIp,
  global,
  insuranceDivisor = 10,
}: LimitPolicies): ApiPolicies => ({
  perKey: subjectPolicy('perKey', 'key', perKey, insuranceDivisor),
  checksPerKey: checksPolicy(checksPerKey, insuranceDivisor),
  perIp: subjectPolicy('perIp', 'ip', perIp, insuranceDivisor),
  global: defineRow('global', {
    name: 'global',
    limits: [
      {
        name: 'global',
        algorithm: 'fixed-window',
        limit: global.limitPerHour,
        windowSeconds: hourSeconds,
      },
    ],
    mode: global.mode,
    onFailure: global.onFailure,
    insuranceDivisor,
  }),
});

/** @throws AppError `validation-failed` that names each row with a burst above its hour's limit */
export const checkBursts = (rows: Readonly<Record<string, LimitSettings>>): void => {
  const excessive = Object.entries(rows)
    .filter(([, { limitPerHour, burst }]) => burst > limitPerHour)
    .map(([name, { limitPerHour }]) => ({
      field: `${name}.burst`,
      code: 'too-large',
      detail: `exceeds limitPerHour, which is ${limitPerHour}`,
    }));
  if (excessive.length > 0) throw validationFailed(excessive);
};

/** What a key or a workspace may have other than the stage's table; absent is the table's. */
export interface KeyLimits {
  readonly requests?: { readonly limitPerHour?: number; readonly burst?: number };
  readonly checks?: { readonly limitPerSecond?: number; readonly burst?: number };
}

/** The rows with an override; a burst that was not given is lowered to what its limit allows. */
const overridden = (table: LimitPolicies, { requests, checks }: KeyLimits): LimitPolicies => {
  const { perKey, checksPerKey = defaultChecks } = table;
  const hourly = { ...perKey, ...requests };
  const burst = requests?.burst ?? Math.min(hourly.burst, hourly.limitPerHour);
  return { ...table, perKey: { ...hourly, burst }, checksPerKey: { ...checksPerKey, ...checks } };
};

/**
 * The policies of a key with limits of its own.
 * @throws AppError `validation-failed` that names each refused field
 */
export const toKeyPolicies = (
  table: LimitPolicies,
  limits: KeyLimits,
): Pick<ApiPolicies, 'perKey' | 'checksPerKey'> => {
  const rows = overridden(table, limits);
  checkBursts({ perKey: rows.perKey });
  return toPolicies(rows);
};
