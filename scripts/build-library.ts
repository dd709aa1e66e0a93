import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };

const root = resolve(fileURLToPath(import.meta.url), '../..');

/** The sources of the package's entry points: `./dist/a/b.js` is made of `a/b.ts`. */
const sources = Object.values(packageJson.exports).flatMap((entry) =>
  typeof entry === 'string'
    ? []
    : [join(root, entry.default.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts'))],
);

/** Imports of `.ts` files, which tsc leaves alone in declarations. */
const sourceImport = /((?:from|import)\s*\(?\s*['"]\.[^'"]*)\.ts(['"])/g;

/**
 * Compiles the entry points, and what they import, to `outDir`: ES modules and declarations in the
 * folders of their sources. Node strips no types inside node_modules, so a package needs them.
 * @throws Error with the compiler's findings
 */
export const buildLibrary = (outDir: string): void => {
  mkdirSync(join(root, '.build'), { recursive: true });
  const workDir = mkdtempSync(join(root, '.build', 'library-'));
  try {
    rmSync(outDir, { recursive: true, force: true });
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        noEmitOnError: true,
        declaration: true,
        // What Node 20 has: see `engines`.
        target: 'ES2023',
        lib: ['ES2023'],
        rewriteRelativeImportExtensions: true,
        rootDir: root,
        outDir,
      },
      include: [],
      files: sources,
    };
    writeFileSync(join(workDir, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { status, stdout, stderr, error } = spawnSync(process.execPath, [tsc, '-p', workDir], {
      cwd: root,
      encoding: 'utf8',
    });
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`The library does not compile:\n${stdout}${stderr}`);
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
  for (const path of globSync('**/*.d.ts', { cwd: outDir })) {
    const file = join(outDir, path);
    writeFileSync(file, readFileSync(file, 'utf8').replace(sourceImport, '$1.js$2'));
  }
};

if (import.meta.main) {
  buildLibrary(join(root, 'dist'));
  console.log(`built ${sources.length} entry points in dist/`);
}
