import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** CommonJS packages inside the bundle still call `require`, which an ES module lacks. */
const requireBanner =
  "import{createRequire as hopRequire}from'node:module';const require=hopRequire(import.meta.url);";

export interface Bundle {
  /** Holds one file, `index.mjs`. */
  readonly directory: string;
  readonly hash: string;
  readonly bytes: number;
}

const bundles = new Map<string, Bundle>();

/** @throws Error when there is no file at `entry`, a path from the project's root. */
export const resolveEntry = (entry: string): string => {
  const path = join(projectRoot, entry);
  if (!existsSync(path)) throw new Error(`No handler at ${entry}`);
  return path;
};

/** Bundles a Lambda handler with all it imports, the SDK included, into one minified ES module. */
export const bundleHandler = (entry: string): Bundle => {
  const known = bundles.get(entry);
  if (known !== undefined) return known;
  const { outputFiles } = buildSync({
    entryPoints: [resolveEntry(entry)],
    absWorkingDir: projectRoot,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    banner: { js: requireBanner },
    outfile: 'index.mjs',
    logLevel: 'error',
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  const hash = createHash('sha256').update(code).digest('hex');
  const directory = join(projectRoot, '.build', 'bundles', hash);
  const file = join(directory, 'index.mjs');
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, code);
  }
  const bundle = { directory, hash, bytes: code.byteLength };
  bundles.set(entry, bundle);
  return bundle;
};
