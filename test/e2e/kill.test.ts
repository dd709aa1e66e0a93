import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { apiClient } from '../support/api-client.ts';
import { freePort } from '../support/engine.ts';

const children: ChildProcess[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Starts the local cloud in a process of its own and waits for its ready line. */
const start = async (folder: string, port: number): Promise<ChildProcess> => {
  const child = spawn(process.execPath, ['local/dev.ts', '--port', `${port}`, '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('hopgate ready on ')) return child;
  }
  throw new Error(`the local cloud ended before it was ready: ${child.exitCode}`);
};

const connect = (folder: string) =>
  apiClient(JSON.parse(readFileSync(join(folder, 'local.json'), 'utf8')));

describe('the local cloud, killed under load', () => {
  it('still has every acknowledged link and counts every answered redirect', {
    timeout: 120_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hopgate-kill-'));
    folders.push(folder);
    const port = await freePort();
    const first = await start(folder, port);
    const client = connect(folder);
    const { json: popular } = await client.shorten({ url: 'https://example.com/popular' });

    const acknowledged: { code: string; url: string }[] = [];
    let attempted = 0;
    let answered = 0;
    const load = async (lane: number): Promise<void> => {
      for (let n = 0; ; n++) {
        const url = `https://example.com/${lane}/${n}`;
        const created = await client.shorten({ url });
        if (created.status === 201) acknowledged.push({ code: created.json.code, url });
        attempted++;
        if ((await client.follow(popular.code)).status === 302) answered++;
        if (acknowledged.length >= 200) first.kill('SIGKILL');
      }
    };
    await Promise.allSettled(Array.from({ length: 8 }, (_, lane) => load(lane)));
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);

    await start(folder, port);
    const again = connect(folder);
    for (const { code, url } of acknowledged) {
      expect((await again.call(`/v1/links/${code}`)).json?.url).toBe(url);
    }
    await again.call('/_local/idle');
    const { json } = await again.stats(popular.id);
    expect(json.totals.clicks).toBeGreaterThanOrEqual(answered);
    expect(json.totals.clicks).toBeLessThanOrEqual(attempted);
  });
});
