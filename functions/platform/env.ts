/** Reads one variable: throws an Error whose message completes "NAME …". */
interface Reader<T> {
  readonly optional: boolean;
  read(value: string): T;
}

type EnvSchema = Readonly<Record<string, Reader<unknown>>>;

/** What a handler gets: each variable in its parsed form. */
export type Env<S extends EnvSchema> = { readonly [K in keyof S]: ReturnType<S[K]['read']> };

/** What the infrastructure must set: exactly these names, each a string. */
export type EnvInput<S extends EnvSchema> = { readonly [K in keyof S]: string };

const text = (): Reader<string> => ({
  optional: false,
  read: (value) => {
    if (value === '') throw new Error('must not be empty');
    return value;
  },
});

const optionalText = (): Reader<string | undefined> => ({
  optional: true,
  read: (value) => (value === '' ? undefined : value),
});

const integer = (): Reader<number> => ({
  optional: false,
  read: (value) => {
    if (!/^-?\d{1,15}$/.test(value)) throw new Error(`must be a whole number, not "${value}"`);
    return Number(value);
  },
});

const list = (): Reader<readonly string[]> => ({
  optional: false,
  read: (value) => {
    const items = value.split(',').filter((item) => item !== '');
    if (items.length === 0) throw new Error('must hold at least one item');
    return items;
  },
});

const json = <T>(check: (value: unknown) => T): Reader<T> => ({
  optional: false,
  read: (value) => check(JSON.parse(value)),
});

export const env = { text, optionalText, integer, list, json };

export const defineEnv = <S extends EnvSchema>(schema: S): S => schema;

/**
 * Reads every variable of `schema`.
 * @throws Error that lists all missing and malformed variables at once, without their values' secrets.
 */
export const readEnv = <S extends EnvSchema>(
  schema: S,
  source: Readonly<Record<string, string | undefined>> = process.env,
): Env<S> => {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, reader] of Object.entries(schema)) {
    const value = source[name];
    if (value === undefined && !reader.optional) {
      faults.push(`${name} is missing`);
      continue;
    }
    try {
      values[name] = reader.read(value ?? '');
    } catch (error) {
      faults.push(`${name} ${error instanceof Error ? error.message : 'is malformed'}`);
    }
  }
  if (faults.length > 0) throw new Error(`Environment of this function: ${faults.join('; ')}`);
  return values as Env<S>;
};
