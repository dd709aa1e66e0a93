import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSecrets } from '../../local/secrets.ts';
import type { Resource } from '../../local/template.ts';

const secretWith = (GenerateSecretString: unknown, ref = 'arn:one'): Resource => ({
  stack: 'Main',
  region: 'eu-central-1',
  logicalId: 'Lock',
  type: 'AWS::SecretsManager::Secret',
  path: ['Lock'],
  ref,
  attributes: {},
  properties: { GenerateSecretString },
});
const lock = secretWith({ PasswordLength: 64, ExcludePunctuation: true });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopgate-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('openSecrets', () => {
  it('generates what the template asks for, once', () => {
    const read = openSecrets(undefined);
    expect(read(lock)).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(read(lock)).toBe(read(lock));
    expect(read({ ...lock, ref: 'arn:two' })).not.toBe(read(lock));
  });

  it('keeps values for the next start, where only their owner reads them', () => {
    const path = join(folder, 'secrets.json');
    const value = openSecrets(path)(lock);
    expect(openSecrets(path)(lock)).toBe(value);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('leaves out the characters named', () => {
    const secret = secretWith({ PasswordLength: 500, ExcludeCharacters: ',;"' });
    expect(openSecrets(undefined)(secret)).toMatch(/^[^,;"]{500}$/);
  });

  it('stops at a rule of generation that it does not know', () => {
    const secret = secretWith({ SecretStringTemplate: '{}' });
    expect(() => openSecrets(undefined)(secret)).toThrow(
      /GenerateSecretString.SecretStringTemplate/,
    );
  });
});
