import { AppError, type FieldError, validationFailed } from '../../kernel/errors.ts';
import { definePolicy, type Policy, type PolicyInput } from '../policy.ts';

/** What the construct and the functions that it protects agree on. Pure: the construct runs it. */

/** Policies by name, as a stack writes them. */
export type PolicyTable = Readonly<Record<string, Omit<PolicyInput, 'name'>>>;

/** CloudWatch namespace of the limiter's own metrics, each by `table` and by `table` and `policy`. */
export const metricsNamespace = 'Hopgate/Limiter';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const faultsOf = (name: string, row: unknown): readonly FieldError[] => {
  const at = `policies.${name}`;
  if (!isRecord(row)) return [{ field: at, code: 'wrong-type', detail: 'must be an object' }];
  if (!Array.isArray(row.limits) || !row.limits.every(isRecord)) {
    return [{ field: `${at}.limits`, code: 'wrong-type', detail: 'must be a list of limits' }];
  }
  try {
    definePolicy({ ...(row as unknown as PolicyInput), name });
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.fields.map((fault) => ({ ...fault, field: `${at}.${fault.field}` }));
  }
};

/**
 * The policies of a table that was written in a stack or read from the environment.
 * @throws AppError `validation-failed` that names each refused field: `policies.login.limits[0].limit`
 */
export const definePolicies = (table: unknown): ReadonlyMap<string, Policy> => {
  const rows = isRecord(table) ? Object.entries(table) : [];
  const faults =
    rows.length === 0
      ? [{ field: 'policies', code: 'required', detail: 'needs at least one policy' }]
      : rows.flatMap(([name, row]) => faultsOf(name, row));
  if (faults.length > 0) throw validationFailed(faults);
  return new Map(
    rows.map(([name, row]) => [name, definePolicy({ ...(row as PolicyInput), name })]),
  );
};
