import { execFile, execFileSync } from 'node:child_process';
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { buildLibrary } from '../../scripts/build-library.ts';

export const root = resolve(fileURLToPath(import.meta.url), '../../..');

/** A project of somebody else's that installed the package, and beside it the peers that it names. */
export interface Consumer {
  readonly directory: string;
  write(path: string, text: string): void;
  /** Exchanges the peers for these: links to ours, since npm takes long over aws-cdk-lib. */
  usePeers(names: readonly string[]): void;
  /** Runs our Node on a script of the project. @throws Error with its standard error */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  remove(): void;
}

const execute = promisify(execFile);
const { PATH = '', HOME = '' } = process.env;

/** npm without the settings of the npm that runs the tests. */
const npm = (cwd: string, ...args: string[]): void => {
  const options = { cwd, env: { PATH, HOME }, encoding: 'utf8', stdio: 'pipe' } as const;
  execFileSync('npm', ['--loglevel=error', '--ignore-scripts', ...args], options);
};

/**
 * Installs the package's tarball; its dependencies are packed too, so that no registry is asked. The
 * build is not the repo's `dist`, which test files that run at once would take from each other.
 */
const installLibrary = (directory: string): void => {
  const source = join(directory, 'source');
  buildLibrary(join(source, 'dist'));
  for (const name of ['package.json', 'README.md', 'LICENSE']) {
    copyFileSync(join(root, name), join(source, name));
  }
  const names = Object.keys(packageJson.dependencies);
  npm(directory, 'pack', source, ...names.map((name) => join(root, 'node_modules', name)));
  rmSync(source, { recursive: true });
  const tarballs = globSync('*.tgz', { cwd: directory });
  npm(directory, 'install', '--offline', ...tarballs.map((name) => `./${name}`));
};

export const createConsumer = (peers: readonly string[] = []): Consumer => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'hopgate-consumer-')));
  let links: readonly string[] = [];
  const consumer: Consumer = {
    directory,
    write: (path, text) => {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    },
    usePeers: (names) => {
      for (const link of links) rmSync(link);
      links = names.map((name) => join(directory, 'node_modules', name));
      for (const link of links) {
        mkdirSync(dirname(link), { recursive: true });
        symlinkSync(link.replace(directory, root), link, 'dir');
      }
    },
    run: async (args, env = {}) => {
      const options = { cwd: directory, env: { PATH, ...env } };
      const { stdout } = await execute(process.execPath, [...args], options);
      return stdout;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
  try {
    consumer.write('package.json', JSON.stringify({ name: 'consumer', type: 'module' }));
    installLibrary(directory);
    consumer.usePeers(peers);
  } catch (error) {
    consumer.remove();
    throw error;
  }
  return consumer;
};
