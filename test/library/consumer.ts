import { execFile } from 'node:child_process';
import {
  cpSync,
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
import { buildLibrary } from '../../scripts/build-library.ts';

export const root = resolve(fileURLToPath(import.meta.url), '../../..');

/** A project of somebody else's that has the built package, and the dependencies that are named. */
export interface Consumer {
  readonly directory: string;
  write(path: string, text: string): void;
  /** Runs our Node on a script of the project. @throws Error with its standard error */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  remove(): void;
}

const execute = promisify(execFile);

export const createConsumer = (dependencies: readonly string[]): Consumer => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'hopgate-consumer-')));
  const modules = join(directory, 'node_modules');
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  };
  const remove = () => rmSync(directory, { recursive: true, force: true });
  write('package.json', JSON.stringify({ name: 'consumer', type: 'module' }));
  try {
    buildLibrary(join(modules, 'hopgate', 'dist'));
  } catch (error) {
    remove();
    throw error;
  }
  cpSync(join(root, 'package.json'), join(modules, 'hopgate', 'package.json'));
  for (const name of dependencies) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'dir');
  }
  return {
    directory,
    write,
    run: async (args, env = {}) => {
      const options = { cwd: directory, env: { PATH: process.env.PATH ?? '', ...env } };
      const { stdout } = await execute(process.execPath, [...args], options);
      return stdout;
    },
    remove,
  };
};
