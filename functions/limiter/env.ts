import { type FieldError, validationFailed } from '../kernel/errors.ts';
import { checkBursts, toPolicies } from './http/api-policies.ts';
import type { Mode, OnFailure } from './policy.ts';

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
  checkBursts({ perKey, perIp });
  return policies;
};
