import { spawnSync } from 'node:child_process';
import { isAbsolute, relative } from 'node:path';

/**
 * npm's `prepare` runs after each install in a clone, which needs no library, and for a project that
 * installs this one from git or by its folder, which does. INIT_CWD, where npm was started, tells
 * them apart. Plain JavaScript: after `npm ci --omit=dev` no Node here runs TypeScript.
 */
const { INIT_CWD = '.' } = process.env;
const from = relative('.', INIT_CWD);
if (from.startsWith('..') || isAbsolute(from)) {
  const { status } = spawnSync('npm run build:library', { shell: true, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
