import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type Consumer, createConsumer, root } from './consumer.ts';

const guide = readFileSync(join(root, 'docs/limiter.md'), 'utf8');

/** The table of "Use it": what to install beside each entry point. */
const table = [...guide.matchAll(/^\| `(hopgate\/\S+)` +\| (.*?) *\|$/gm)].map(
  ([, entry = '', packages = '']) => ({
    entry,
    peers: [...packages.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  }),
);

const declared = [packageJson.dependencies, packageJson.peerDependencies].flatMap(Object.keys);

const tsc = join(root, 'node_modules/typescript/bin/tsc');
const compilerOptions = {
  target: 'ES2023',
  module: 'NodeNext',
  types: [],
  strict: true,
  noEmit: true,
};

let consumer: Consumer;
beforeAll(() => {
  consumer = createConsumer();
});
afterAll(() => consumer.remove());

/** What tsc finds in a module and in our declarations, but not in those of other packages. */
const typeFaults = async (source: string): Promise<string[]> => {
  consumer.write('uses.ts', source);
  consumer.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['uses.ts'] }));
  const output = await consumer.run([tsc, '-p', '.']).catch((error) => {
    if (!error.stdout) throw error;
    return error.stdout as string;
  });
  return output.split('\n').filter((line) => /^(?:uses\.ts|node_modules\/hopgate\/)/.test(line));
};

describe('the installed package', () => {
  it('declares each package that its modules and declarations import', () => {
    const dist = join(consumer.directory, 'node_modules/hopgate/dist');
    const imports = globSync('**/*.{js,d.ts}', { cwd: dist }).flatMap((path) => {
      const text = readFileSync(join(dist, path), 'utf8');
      return [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^.'"][^'"]*)/g)].map(
        ([, specifier = '']) => specifier,
      );
    });
    const names = imports.flatMap((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier) ?? []);
    const undeclared = names.filter(
      (name) =>
        !name.startsWith('node:') &&
        ![name, `@types/${name}`].some((each) => declared.includes(each)),
    );
    expect([...new Set(undeclared)]).toEqual([]);
    expect(names).toContain('quick-lru');
  });

  it('is less than 1 MiB on disk with its dependencies', () => {
    const modules = join(consumer.directory, 'node_modules');
    const blocks = globSync('**', { cwd: modules }).map(
      (path) => statSync(join(modules, path)).blocks,
    );
    const kibibytes = blocks.reduce((sum, count) => sum + count, 0) / 2;
    console.log(`hopgate/limiter installed: ${kibibytes} KiB`);
    expect(kibibytes).toBeLessThan(1024);
  });
});

describe('the table of docs/limiter.md', () => {
  it('has every entry point, and together all peers', () => {
    const paths = Object.keys(packageJson.exports).filter((path) => !path.endsWith('.json'));
    expect(table.map(({ entry }) => entry)).toEqual(
      paths.map((path) => path.replace('.', 'hopgate')),
    );
    expect([...new Set(table.flatMap(({ peers }) => peers))].sort()).toEqual(
      Object.keys(packageJson.peerDependencies),
    );
  });

  it.each(table)('says all that $entry needs, to run and to compile', async (row) => {
    consumer.usePeers(row.peers);
    consumer.write('loads.mjs', `console.log(Object.keys(await import('${row.entry}')).length)`);
    expect(Number(await consumer.run(['loads.mjs']))).toBeGreaterThan(0);
    expect(await typeFaults(`export * from '${row.entry}';`)).toEqual([]);
  });

  it('would not pass with a package too few', async () => {
    consumer.usePeers(['@types/aws-lambda']);
    expect(await typeFaults("export * from 'hopgate/limiter/middy';")).toEqual([
      expect.stringContaining("Cannot find module '@middy/core'"),
    ]);
  });
});

describe('the samples of docs/limiter.md', () => {
  it('compile', async () => {
    const samples = [...guide.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
    consumer.usePeers(Object.keys(packageJson.peerDependencies));
    for (const sample of samples) expect(await typeFaults(sample)).toEqual([]);
    const wrong = samples[0]?.replace("'fixed-window'", "'fixed-door'") ?? '';
    expect(await typeFaults(wrong)).toHaveLength(1);
  });
});
