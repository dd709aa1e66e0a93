import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/prepare.js', import.meta.url));

let clone: string;
beforeAll(() => {
  clone = realpathSync(mkdtempSync(join(tmpdir(), 'hopgate-prepare-')));
  mkdirSync(join(clone, 'docs'));
  const scripts = { 'build:library': 'echo builds' };
  writeFileSync(join(clone, 'package.json'), JSON.stringify({ scripts }));
});
afterAll(() => rmSync(clone, { recursive: true }));

const prepareFor = (startedIn: string): string => {
  const env = { ...process.env, INIT_CWD: startedIn };
  return execFileSync(process.execPath, [script], { cwd: clone, env, encoding: 'utf8' });
};

describe('prepare', () => {
  it('builds nothing after an install in the clone or in a folder of it', () => {
    expect(prepareFor(clone)).toBe('');
    expect(prepareFor(join(clone, 'docs'))).toBe('');
  });

  it('builds the library for another project that installs it', () => {
    expect(prepareFor(join(tmpdir(), 'another-project'))).toMatch(/^builds$/m);
  });
});
