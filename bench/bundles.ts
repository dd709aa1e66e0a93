/** Size and import time of each handler's bundle, beside an empty module's. `node bench/bundles.ts` */
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleHandler } from '../lib/constructs/bundle.ts';
import { handlerEnvironment } from './support/handler-environment.ts';

const runs = 5;

const importMs = (file: string): number => {
  const script = `const t=performance.now();await import(${JSON.stringify(file)});console.log(performance.now()-t);process.exit()`;
  const times = Array.from({ length: runs }, () =>
    Number(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env: handlerEnvironment,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
        .trim()
        .split('\n')
        .at(-1),
    ),
  );
  return times.sort((left, right) => left - right)[Math.floor(runs / 2)] ?? Number.NaN;
};

const folder = mkdtempSync(join(tmpdir(), 'hopgate-bundles-'));
try {
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, 'export const handler = () => {};');
  console.log('| handler | KiB | KiB gzipped | import, ms (median of 5) |\n|---|---|---|---|');
  console.log(`| an empty module | 0.0 | 0.0 | ${importMs(empty).toFixed(1)} |`);
  for (const entry of globSync('functions/**/*.handler.ts').sort()) {
    const { directory, bytes } = bundleHandler(entry);
    const file = join(directory, 'index.mjs');
    const zipped = gzipSync(readFileSync(file)).byteLength;
    const [size, gzip] = [bytes, zipped].map((value) => (value / 1024).toFixed(1));
    console.log(`| ${entry} | ${size} | ${gzip} | ${importMs(file).toFixed(1)} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
