import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../local/start-cloud.ts';
import { type ApiClient, apiClient } from '../support/api-client.ts';

let cloud: Cloud;
let client: ApiClient;
beforeAll(async () => {
  cloud = await startCloud({ memory: true });
  client = apiClient(cloud);
});
afterAll(async () => cloud.stop());

describe('startCloud', () => {
  it('runs the app: a link is made, followed and counted', async () => {
    const { json: link } = await client.shorten({ url: 'https://example.com/smoke' });
    const followed = await client.follow(link.code);
    expect([followed.status, followed.headers.get('location')]).toEqual([
      302,
      'https://example.com/smoke',
    ]);
    await cloud.idle();
    expect((await client.stats(link.id)).json.totals.clicks).toBe(1);
  });

  it('says what each route cost, and begins anew when told', async () => {
    await client.call('/_local/calls', { method: 'DELETE' });
    const { json: link } = await client.shorten({ url: 'https://example.com/metered' });
    const { json: calls } = await client.call('/_local/calls');
    expect(calls['POST /v1/links']).toMatchObject({ function: 'LinksApi', invocations: 1 });
    expect(calls['POST /v1/links'].actions).toMatchObject({ 'dynamodb:PutItem': 1 });
    await client.follow(link.code);
    expect(cloud.calls.of('Redirect')).toMatchObject({ sqs: 1 });
    expect((await client.call('/_local/other')).status).toBe(404);
  });

  it('refuses no function anything that it asks for', async () => {
    await cloud.idle();
    const denied = Object.values(cloud.calls.byRoute()).filter((usage) => usage.denied > 0);
    expect(denied).toEqual([]);
  });

  it('lets clicks wait while their consumer is paused', async () => {
    const { json: link } = await client.shorten({ url: 'https://example.com/paused' });
    cloud.pause('ClickConsumer');
    await client.follow(link.code);
    await cloud.idle();
    expect((await client.stats(link.id)).json.totals.clicks).toBe(0);
    cloud.resume('ClickConsumer');
    await cloud.idle();
    expect((await client.stats(link.id)).json.totals.clicks).toBe(1);
  });

  it('counts a click once though it came twice and its compactor died behind a write', async () => {
    const { json: link } = await client.shorten({ url: 'https://example.com/killed' });
    cloud.faults.add({ kind: 'duplicate-delivery', target: 'ClickQueue', count: 1 });
    cloud.faults.add({ kind: 'worker-death', function: 'Compactor', when: 'after', count: 1 });
    await client.follow(link.code);
    await cloud.idle();
    expect(cloud.faults.counts()).toMatchObject({ duplicated: 1, killed: { Compactor: 1 } });
    expect((await client.stats(link.id)).json.totals.clicks).toBe(1);
  });

  it('keeps links, secrets and the key from one start to the next', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'hopgate-cloud-'));
    try {
      const first = await startCloud({ dataDir });
      const { json: link } = await apiClient(first).shorten({ url: 'https://example.com/kept' });
      await first.stop();
      const second = await startCloud({ dataDir });
      expect(second.key).toBe(first.key);
      expect((await apiClient(second).follow(link.code)).status).toBe(302);
      await expect(startCloud({ dataDir })).rejects.toThrow(/Another local cloud/);
      await second.stop();
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('says which port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await expect(startCloud({ memory: true, port: port ?? 0 })).rejects.toThrow(
      `Port ${port} is taken`,
    );
    other.close();
  });
});
