import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../../../local/dynamodb/engine.ts';
import { createEngineClient, createTables, type TableSpec } from '../../../local/dynamodb.ts';

const table: TableSpec = {
  id: 'Table',
  name: 'Main-Table',
  arn: 'arn:aws:dynamodb:eu-central-1:000000000000:table/Main-Table',
  streamArn: undefined,
  ttlAttribute: 'ttl',
  definition: {
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  },
};
const key = { pk: { S: 'a' } };

let folder: string;
let engines: Engine[] = [];
let strangers: ChildProcess[] = [];
const start = async (environment?: NodeJS.ProcessEnv): Promise<Engine> => {
  const engine = await startEngine(folder, environment);
  engines.push(engine);
  return engine;
};
const enginePid = (): number => Number(readFileSync(join(folder, 'engine.pid'), 'utf8'));
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopgate-engine-'));
});
afterEach(async () => {
  for (const engine of engines) await engine.stop();
  for (const stranger of strangers) stranger.kill('SIGKILL');
  [engines, strangers] = [[], []];
  rmSync(folder, { recursive: true, force: true });
});

describe('startEngine', () => {
  it('keeps tables and items for the next start, and leaves no process behind', async () => {
    const first = await start();
    const client = createEngineClient(first.endpoint);
    await createTables(client, [table]);
    await client.send(new PutItemCommand({ TableName: table.name, Item: key }));
    const pid = enginePid();
    await first.stop();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(folder, 'engine.pid'))).toBe(false);

    const again = createEngineClient((await start()).endpoint);
    await createTables(again, [table]);
    const { Item } = await again.send(new GetItemCommand({ TableName: table.name, Key: key }));
    expect(Item).toEqual(key);
  });

  it('loses nothing that it acknowledged when it is killed, and says that it is gone', async () => {
    const first = await start();
    const lost = new Promise<string>((resolve) => first.onLoss(resolve));
    const client = createEngineClient(first.endpoint);
    await createTables(client, [table]);
    const items = Array.from({ length: 100 }, (_, n) => ({ pk: { S: `item-${n}` } }));
    await Promise.all(
      items.map((Item) => client.send(new PutItemCommand({ TableName: table.name, Item }))),
    );
    process.kill(enginePid(), 'SIGKILL');
    expect(await lost).toContain('SIGKILL');

    const again = createEngineClient((await start()).endpoint);
    for (const Key of items) {
      const { Item } = await again.send(new GetItemCommand({ TableName: table.name, Key }));
      expect(Item).toEqual(Key);
    }
  });

  it('ends the engine that a killed cloud left on the same file', async () => {
    await start();
    const orphan = enginePid();
    await start();
    expect(isAlive(orphan)).toBe(false);
    expect(enginePid()).not.toBe(orphan);
  });

  it('leaves a process alone that has got the id of an engine long gone', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    strangers.push(stranger);
    await once(stranger, 'spawn');
    writeFileSync(join(folder, 'engine.pid'), String(stranger.pid));
    await start();
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
  });

  it('uses the engine that the environment names and does not end it', async () => {
    const engine = await start({ HOPGATE_DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000' });
    expect(engine.endpoint).toBe('http://127.0.0.1:8000');
    expect(existsSync(join(folder, 'engine.pid'))).toBe(false);
  });
});

describe('createTables', () => {
  it('refuses stored tables that have other keys than the template', async () => {
    const client = createEngineClient((await start()).endpoint);
    await createTables(client, [table]);
    const definition = {
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
    };
    await expect(createTables(client, [{ ...table, definition }])).rejects.toThrow(
      /Main-Table has other keys.*--data/,
    );
  });
});
