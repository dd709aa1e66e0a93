import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A running DynamoDB, ours to end or not. */
export interface Engine {
  readonly endpoint: string;
  /** Calls back if the engine ends by itself. */
  onLoss(listener: (reason: string) => void): void;
  stop(): Promise<void>;
}

const binaryOf = (environment: NodeJS.ProcessEnv): string => {
  const platform = `${process.platform}-${process.arch}`;
  const packaged = fileURLToPath(
    new URL(`../../node_modules/@dynoxide/${platform}/dynoxide`, import.meta.url),
  );
  if (existsSync(packaged)) return packaged;
  const { DYNOXIDE_BIN } = environment;
  if (DYNOXIDE_BIN !== undefined && existsSync(DYNOXIDE_BIN)) return DYNOXIDE_BIN;
  throw new Error(
    `No DynamoDB engine for ${platform}. One of these is needed:\n` +
      `  npm install --no-save @dynoxide/${platform}    where npm has it\n` +
      '  DYNOXIDE_BIN=/path/to/dynoxide                the program from its releases\n' +
      '  HOPGATE_DYNAMODB_ENDPOINT=http://127.0.0.1:8000    a DynamoDB Local that runs already',
  );
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

const commandOf = (pid: number): string => {
  try {
    if (existsSync('/proc/self/cmdline')) {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    }
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
};

/** Ends an engine that outlived its cloud; another process under that id is left alone. */
const endOrphan = async (pidPath: string, dbPath: string): Promise<void> => {
  if (!existsSync(pidPath)) return;
  const pid = Number(readFileSync(pidPath, 'utf8'));
  const isOurs = (): boolean => {
    const command = commandOf(pid);
    return command.includes('dynoxide') && command.includes(` ${dbPath} `);
  };
  for (let attempt = 0; Number.isInteger(pid) && isOurs(); attempt++) {
    process.kill(pid, attempt < 100 ? 'SIGTERM' : 'SIGKILL');
    await sleep(20);
  }
  rmSync(pidPath, { force: true });
};

/**
 * Ends the engine when this process dies, however it does: the pipe to the shell then closes. A
 * killed engine loses nothing that it acknowledged.
 */
const watchOver = (engine: ChildProcess): ChildProcess =>
  spawn('/bin/sh', ['-c', `read -r _; kill -9 ${engine.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });

const untilListening = async (child: ChildProcess, port: number): Promise<boolean> => {
  for (let attempt = 0; attempt < 500 && child.exitCode === null; attempt++) {
    const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (isUp) return true;
    await sleep(10);
  }
  return false;
};

const launch = async (binary: string, dbArguments: string[]) => {
  // Another process may take the port between finding and using it.
  for (let attempt = 0; attempt < 3; attempt++) {
    const port = await freePort();
    const args = [...dbArguments, '--host', '127.0.0.1', '-p', String(port)];
    // Detached, as Ctrl-C would otherwise end it before the requests under way are answered.
    const child = spawn(binary, args, { stdio: 'ignore', detached: true });
    if (await untilListening(child, port)) return { child, endpoint: `http://127.0.0.1:${port}` };
    child.kill('SIGKILL');
  }
  throw new Error(`The DynamoDB engine ${binary} did not start`);
};

/**
 * Starts dynoxide on the file `dynamodb.db` of `dataDir`, or in memory without one.
 * `HOPGATE_DYNAMODB_ENDPOINT` names an engine to use instead.
 */
export const startEngine = async (
  dataDir: string | undefined,
  environment = process.env,
): Promise<Engine> => {
  const { HOPGATE_DYNAMODB_ENDPOINT: external } = environment;
  if (external !== undefined && external !== '') {
    return { endpoint: external, onLoss: () => undefined, stop: async () => undefined };
  }
  const binary = binaryOf(environment);
  const pidPath = dataDir === undefined ? undefined : join(dataDir, 'engine.pid');
  const dbPath = dataDir === undefined ? undefined : join(dataDir, 'dynamodb.db');
  if (pidPath !== undefined && dbPath !== undefined) await endOrphan(pidPath, dbPath);
  const { child, endpoint } = await launch(
    binary,
    dbPath === undefined ? [] : ['--db-path', dbPath],
  );
  if (pidPath !== undefined) writeFileSync(pidPath, String(child.pid));
  const watch = watchOver(child);
  let isStopping = false;
  const gone = once(child, 'exit');
  // Its id may soon be another's.
  gone.then(() => watch.kill('SIGKILL'));

  return {
    endpoint,
    onLoss: (listener) => {
      gone.then(([code, signal]) => {
        if (!isStopping) listener(`The DynamoDB engine ended: ${signal ?? `exit code ${code}`}`);
      });
    },
    stop: async () => {
      isStopping = true;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await gone;
      clearTimeout(timer);
      if (pidPath !== undefined) rmSync(pidPath, { force: true });
    },
  };
};
