import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { freePort } from './engine.ts';

const binary = process.env.REDIS_SERVER_BIN ?? 'redis-server';

const connect = async (url: string) =>
  createClient({ url, socket: { reconnectStrategy: false } })
    // An error also rejects the call that meets it.
    .on('error', () => {})
    .connect();

export type RedisTestClient = Awaited<ReturnType<typeof connect>>;

/** A Redis of its own, in memory, for one test file. */
export interface RedisServer {
  readonly url: string;
  /** One more connection, closed with the server. */
  connect(): Promise<RedisTestClient>;
  stop(): Promise<void>;
}

/** Whether there is a redis-server to start. */
export const hasRedisServer = (): boolean => spawnSync(binary, ['--version']).status === 0;

/** The process once it accepts connections, or undefined where another has taken the port. */
const spawnServer = async (port: number, directory: string): Promise<ChildProcess | undefined> => {
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
  const inMemory = ['--save', '', '--appendonly', 'no'];
  const child = spawn(binary, [...place, ...inMemory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  const isReady = await new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(false));
    child.stdout.on('data', (text) => {
      log += text;
      if (log.includes('Ready to accept connections')) resolve(true);
    });
  });
  if (isReady) return child;
  if (log.includes('Address already in use')) return undefined;
  throw new Error(`redis-server ended before it accepted connections:\n${log}`);
};

const startOnFreePort = async (directory: string) => {
  for (let attempt = 0; attempt < 5; attempt++) {
    const port = await freePort();
    const child = await spawnServer(port, directory);
    if (child) return { port, child };
  }
  throw new Error('redis-server found each of 5 free ports taken');
};

export const startRedis = async (): Promise<RedisServer> => {
  const directory = await mkdtemp(join(tmpdir(), 'hopgate-redis-'));
  const { port, child } = await startOnFreePort(directory);
  const url = `redis://127.0.0.1:${port}`;
  const endWithParent = () => child.kill('SIGKILL');
  process.once('exit', endWithParent);
  const clients: RedisTestClient[] = [];
  const stop = async () => {
    for (const client of clients) client.destroy();
    process.off('exit', endWithParent);
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await ended;
    }
    await rm(directory, { recursive: true });
  };
  const server: RedisServer = {
    url,
    connect: async () => {
      const client = await connect(url);
      clients.push(client);
      return client;
    },
    stop,
  };
  const answering = /process_id:(\d+)/.exec(await (await server.connect()).info('server'))?.[1];
  if (answering === String(child.pid)) return server;
  await stop();
  throw new Error(`Process ${answering} answers at ${url}, not ours (${child.pid})`);
};
