import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const store = join(root, '.build', 'assemblies');
const keepMs = 24 * 3_600_000;

/** Everything that the synthesis reads, as one hash. */
const hashSources = (context: Readonly<Record<string, string>>): string => {
  const files = globSync(
    [
      'bin/**/*.ts',
      'lib/**/*.ts',
      'functions/**/*',
      'cdk*.json',
      'package-lock.json',
      'tsconfig.json',
    ],
    { cwd: root },
  );
  const hash = createHash('sha256').update(JSON.stringify(context));
  for (const file of files.sort()) {
    const path = join(root, file);
    if (statSync(path).isFile()) hash.update(`\0${file}\0`).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 20);
};

/** Assemblies of sources that nobody has started for a day. */
const removeOld = (now: number): void => {
  for (const name of globSync('*', { cwd: store })) {
    const path = join(store, name);
    if (now - statSync(path).mtimeMs > keepMs) rmSync(path, { recursive: true, force: true });
  }
};

const runApp = async (directory: string, context: Readonly<Record<string, string>>) => {
  const app = spawn(process.execPath, [join('bin', 'hopgate.ts')], {
    cwd: root,
    env: {
      ...process.env,
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      // Templates of no account in particular, whatever the developer is signed in to.
      CDK_DEFAULT_ACCOUNT: undefined,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [app.stdout, app.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = await once(app, 'close');
  if (code !== 0) throw new Error(`The CDK app could not be synthesized:\n${output.trimEnd()}`);
};

/**
 * The cloud assembly of the CDK app as it stands, `node_modules` excepted; sources that were
 * synthesized before are not again. Returns its directory.
 */
export const synthesize = async (
  context: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const directory = join(store, hashSources(context));
  const now = new Date();
  if (existsSync(directory)) {
    utimesSync(directory, now, now);
    return directory;
  }
  mkdirSync(store, { recursive: true });
  removeOld(now.getTime());
  const draft = `${directory}.${process.pid}`;
  try {
    await runApp(draft, context);
    // Another process may have been faster; then its result stays.
    if (!existsSync(directory)) renameSync(draft, directory);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return directory;
};
