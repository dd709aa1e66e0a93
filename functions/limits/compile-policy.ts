import { AppError, type FieldError, validationFailed } from '../kernel/errors.ts';
import { definePolicy, type LimitInput, type Policy } from '../limiter/index.ts';
import {
  algorithmOf,
  limitMembers,
  limitsOf,
  misplacedMembers,
  type NamedLimit,
  type OverrideSettings,
  type PolicySettings,
  traitsOf,
  withDefaults,
} from './policy-settings.ts';

/** Names the member of the `index`-th limit as its user wrote it. */
type FieldOf = (index: number, member: string) => string;

const misplacedFaults = (limits: readonly NamedLimit[], fieldOf: FieldOf): FieldError[] =>
  limits.flatMap((limit, index) =>
    misplacedMembers(limit).map((member) => ({
      field: fieldOf(index, member),
      code: 'not-allowed',
      detail: `a ${algorithmOf(limit)} limit has none`,
    })),
  );

/** What definePolicy refused, in the user's words; a default that follows another fault is left out. */
const translate = (
  faults: readonly FieldError[],
  limits: readonly NamedLimit[],
  fieldOf: FieldOf,
): FieldError[] => {
  const parts = faults.map((fault) => {
    const [, index, member = ''] = /^limits\[(\d+)\]\.(\w+)$/.exec(fault.field) ?? [];
    const at = index === undefined ? undefined : Number(index);
    const isGiven = at !== undefined && limits[at]?.[member as keyof NamedLimit] !== undefined;
    return { fault, at, member, isGiven };
  });
  return parts
    .filter(({ at, member, isGiven }) => {
      const isDefault = member === 'burst' && !isGiven;
      return !(isDefault && parts.some((other) => other.at === at && other.member === 'limit'));
    })
    .map(({ fault, at, member, isGiven }) => {
      if (at === undefined) return fault.field === 'name' ? { ...fault, field: 'policy' } : fault;
      const isMissing = !isGiven && member !== 'burst';
      return {
        ...fault,
        field: fieldOf(at, member),
        ...(isMissing && { code: 'required' }),
      };
    });
};

const define = (
  name: string,
  settings: PolicySettings,
  limits: readonly NamedLimit[],
  fieldOf: FieldOf,
): Policy => {
  const misplaced = misplacedFaults(limits, fieldOf);
  if (misplaced.length > 0) throw validationFailed(misplaced);
  const inputs = limits.map((limit) => ({ ...withDefaults(limit), name: limit.name }));
  try {
    return definePolicy({
      name,
      ...traitsOf(name, settings),
      limits: inputs as unknown as readonly LimitInput[],
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const faults = translate(error.fields, limits, fieldOf);
    const isTwice = ({ field }: FieldError, index: number) =>
      faults.findIndex((other) => other.field === field) < index;
    throw validationFailed(faults.filter((fault, index) => !isTwice(fault, index)));
  }
};

/** @throws AppError `validation-failed` that names each refused field as it was written */
export const compilePolicy = (name: string, settings: PolicySettings): Policy => {
  const isFlat = settings.limits === undefined;
  const both = isFlat ? undefined : ['algorithm', ...limitMembers].find((m) => m in settings);
  if (both !== undefined) {
    const detail = `give either "limits" or the members of one limit such as "${both}"`;
    throw validationFailed([{ field: both, code: 'conflicting', detail }]);
  }
  const flatField: FieldOf = (_, member) => (member === 'name' ? 'policy' : member);
  const listField: FieldOf = (index, member) => `limits[${index}].${member}`;
  return define(name, settings, limitsOf(name, settings), isFlat ? flatField : listField);
};

const overrideFaults = (limits: readonly NamedLimit[], override: OverrideSettings) => {
  const { limits: byName = {}, mode: _, ...flat } = override;
  const names = limits.map(({ name }) => name);
  const [member] = Object.keys(flat);
  const isAmbiguous = member !== undefined && (limits.length > 1 || 'limits' in override);
  const needed = `this policy has several limits: write {"limits": {"${names[0]}": {…}}}`;
  return [
    ...Object.keys(byName)
      .filter((name) => !names.includes(name))
      .map((name) => ({
        field: `limits.${name}`,
        code: 'unknown-field',
        detail: `the policy has no such limit, only: ${names.join(', ')}`,
      })),
    ...(isAmbiguous
      ? [
          {
            field: member,
            code: 'conflicting',
            detail: limits.length > 1 ? needed : 'give either this or "limits"',
          },
        ]
      : []),
  ];
};

/**
 * The policy as it is for a key that has an override.
 * @throws AppError `validation-failed` that names each refused field of the override
 */
export const compileOverride = (
  name: string,
  settings: PolicySettings,
  override: OverrideSettings,
): Policy => {
  const limits = limitsOf(name, settings);
  const faults = overrideFaults(limits, override);
  if (faults.length > 0) throw validationFailed(faults);
  const { limits: byName, mode, ...flat } = override;
  const changed = limits.map((limit) => ({
    ...limit,
    ...(byName === undefined ? flat : byName[limit.name ?? '']),
  }));
  const fieldOf: FieldOf = (index, member) =>
    byName === undefined ? member : `limits.${limits[index]?.name}.${member}`;
  return define(name, { ...settings, ...(mode !== undefined && { mode }) }, changed, fieldOf);
};
