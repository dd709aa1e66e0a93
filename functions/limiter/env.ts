import { AppError, type FieldError, validationFailed } from '../kernel/errors.ts';
import {
  definePolicy,
  type Mode,
  type OnFailure,
  type Policy,
  type PolicyInput,
} from './policy.ts';

/** One row of the stage's policy table. */
export interface LimitSettings {
  /** Most requests in an hour of the clock. */
  readonly limitPerHour: number;
  /** Most requests at once; they flow back at the hourly rate. */
  readonly burst: number;
  readonly onFailure: OnFailure;
  readonly mode: Mode;
}

/** The row of the requests that ask a workspace's own limits. */
export interface CheckSettings {
  readonly limitPerSecond: number;
  /** Most requests at once. */
  readonly burst: number;
  readonly onFailure: OnFailure;
  readonly mode: Mode;
}

/** The stage's policy table, as `lib/config.ts` writes it and LIMIT_POLICIES carries it. */
export interface LimitPolicies {
  /** Each API key. */
  readonly perKey: LimitSettings;
  /**
   * Each API key's checks of its workspace's own limits; they count towards neither `perKey` nor
   * `global`. @default 1,000 a second, burst 1,000, open, enforce
   */
  readonly checksPerKey?: CheckSettings;
  /** Each address that shows no valid key. */
  readonly perIp: LimitSettings;
  /** All requests together. */
  readonly global: Omit<LimitSettings, 'burst'>;
  /** While the store is down a process admits 1 / insuranceDivisor of a quota. @default 10 */
  readonly insuranceDivisor?: number;
}

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

const settingsFields = ['limitPerHour', 'burst', 'onFailure', 'mode'];
const tableFields: Readonly<Record<string, readonly string[]>> = {
  perKey: settingsFields,
  perIp: settingsFields,
  global: settingsFields.filter((field) => field !== 'burst'),
};
const checkFields = ['limitPerSecond', 'burst', 'onFailure', 'mode'];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const rowFaults = (row: unknown, name: string, fields: readonly string[]): FieldError[] => {
  if (!isRecord(row)) return [{ field: name, code: 'required', detail: 'must be an object' }];
  const fault = (field: string, code: string, detail: string) => ({
    field: `${name}.${field}`,
    code,
    detail,
  });
  return [
    ...fields.filter((f) => !(f in row)).map((f) => fault(f, 'required', 'is missing')),
    ...Object.keys(row)
      .filter((f) => !fields.includes(f))
      .map((f) => fault(f, 'unknown-field', 'there is no such field')),
  ];
};

/**
 * Checks the policy table, so that a bad one stops the deployment instead of limiting nobody.
 * @throws AppError `validation-failed` that names each refused field
 */
export const parseLimitPolicies = (value: unknown): LimitPolicies => {
  const table = isRecord(value) ? value : {};
  const rows: Record<string, readonly string[]> = {
    ...tableFields,
    ...('checksPerKey' in table && { checksPerKey: checkFields }),
  };
  const known = [...Object.keys(rows), 'insuranceDivisor'];
  const faults = [
    ...Object.entries(rows).flatMap(([name, fields]) => rowFaults(table[name], name, fields)),
    ...Object.keys(table)
      .filter((name) => !known.includes(name))
      .map((field) => ({ field, code: 'unknown-field', detail: 'there is no such field' })),
  ];
  if (faults.length > 0) throw validationFailed(faults);
  const policies = table as unknown as LimitPolicies;
  toPolicies(policies);
  const { perKey, perIp } = policies;
  const excessive = Object.entries({ perKey, perIp })
    .filter(([, { limitPerHour, burst }]) => burst > limitPerHour)
    .map(([name]) => ({
      field: `${name}.burst`,
      code: 'too-large',
      detail: 'exceeds limitPerHour',
    }));
  if (excessive.length > 0) throw validationFailed(excessive);
  return policies;
};
