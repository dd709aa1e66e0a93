import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { UnsupportedError } from './template/unsupported-error.ts';
import type { Resource } from './template.ts';

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

const generate = (secret: Resource): string => {
  const {
    PasswordLength,
    ExcludePunctuation,
    ExcludeCharacters = '',
    ...others
  } = (secret.properties.GenerateSecretString ?? {}) as Record<string, unknown>;
  const [other] = Object.keys(others);
  if (other !== undefined) throw new UnsupportedError(secret, `GenerateSecretString.${other}`);
  const all = ExcludePunctuation === true ? letters : letters + punctuation;
  const alphabet = [...all].filter((character) => !String(ExcludeCharacters).includes(character));
  return Array.from(
    { length: Number(PasswordLength ?? 32) },
    () => alphabet[randomInt(alphabet.length)],
  ).join('');
};

/** Secrets Manager: each secret is generated once and kept in the file, where there is one. */
export const openSecrets = (path: string | undefined): ((secret: Resource) => string) => {
  const values = new Map<string, string>(
    path !== undefined && existsSync(path)
      ? Object.entries(JSON.parse(readFileSync(path, 'utf8')))
      : [],
  );
  return (secret) => {
    const known = values.get(secret.ref);
    if (known !== undefined) return known;
    const value = generate(secret);
    values.set(secret.ref, value);
    if (path !== undefined) {
      const content = JSON.stringify(Object.fromEntries(values), null, 2);
      writeFileSync(`${path}.new`, content, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    }
    return value;
  };
};
