import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Where a local cloud is reached, as `local.json` tells other programs. */
export interface Access {
  readonly url: string;
  readonly key: string;
}

/** The folder that keeps a local cloud from one start to the next; nothing of it without a path. */
export interface DataFolder {
  readonly path: string | undefined;
  /** Undefined where nothing is kept. */
  file(name: string): string | undefined;
  readAccess(): Access | undefined;
  writeAccess(access: Access): void;
  log(line: string): void;
  release(): Promise<void>;
}

/** Held by the operating system, so that a killed process leaves no lock behind. */
const lock = (path: string): DatabaseSync => {
  const database = new DatabaseSync(join(path, 'lock.db'));
  try {
    // A killed process may need a moment to be gone.
    database.exec('PRAGMA busy_timeout = 1000; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new Error(
      `Another local cloud is running on ${path}: stop it, or choose another folder with --data.`,
      { cause },
    );
  }
  return database;
};

export const openDataFolder = (path: string): DataFolder => {
  const folder = resolve(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const held = lock(folder);
  const accessPath = join(folder, 'local.json');
  const log = createWriteStream(join(folder, 'functions.log'));
  return {
    path: folder,
    file: (name) => join(folder, name),
    readAccess: () =>
      existsSync(accessPath) ? JSON.parse(readFileSync(accessPath, 'utf8')) : undefined,
    writeAccess: (access) =>
      writeFileSync(accessPath, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 }),
    log: (line) => log.write(`${line}\n`),
    release: async () => {
      await new Promise<void>((resolve) => log.end(resolve));
      held.close();
    },
  };
};

export const noDataFolder: DataFolder = {
  path: undefined,
  file: () => undefined,
  readAccess: () => undefined,
  writeAccess: () => undefined,
  log: () => undefined,
  release: async () => undefined,
};
