import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../local/start-cloud.ts';
import { type ApiClient, apiClient } from '../support/api-client.ts';

/** Every row of the table "What happens when it breaks" in docs/architecture.md. */
let cloud: Cloud;
let client: ApiClient;
beforeAll(async () => {
  cloud = await startCloud({ memory: true, retrySeconds: 0 });
  client = apiClient(cloud);
});
afterEach(() => cloud.faults.clear());
afterAll(async () => cloud.stop());

const gone = (...targets: string[]): void => {
  for (const target of targets) {
    cloud.faults.add({ kind: 'failing-call', target, error: 'ResourceNotFoundException' });
  }
};
const linkTables = ['Links0', 'Links1', 'Links2', 'Links3'];

let next = 0;
const shorten = async () =>
  (await client.shorten({ url: `https://example.com/outage/${next++}` })).json as {
    id: string;
    code: string;
  };

describe('without SQS', () => {
  it('visitors are redirected, and the click is not lost silently', async () => {
    const { code } = await shorten();
    gone('ClickQueue');
    expect((await client.follow(code)).status).toBe(302);
    expect(cloud.faults.counts().failed).toBeGreaterThan(0);
  });
});

describe('without the limits table', () => {
  it('the API goes on, limited in memory, and redirects do not notice', async () => {
    const { id, code } = await shorten();
    gone('Limits');
    expect((await client.call(`/v1/links/${id}`)).status).toBe(200);
    expect((await client.follow(code)).status).toBe(302);
  });
});

describe('without the control table', () => {
  it('visitors and known keys go on, and other keys are answered 503', async () => {
    const { id, code } = await shorten();
    const unseen = apiClient({ url: cloud.url, key: await cloud.createKey('late') });
    gone('Control');
    expect((await client.follow(code)).status).toBe(302);
    expect((await client.call(`/v1/links/${id}`)).status).toBe(200);
    const refused = await unseen.call('/v1/links');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(refused.json.code).toBe('unavailable');
  });
});

describe('without the link tables', () => {
  it('links that are known go on, others are answered 503 in their form', async () => {
    const [known, unknown] = [await shorten(), await shorten()];
    // Every worker of the redirect may hold its own cache; one at a time the same one answers.
    expect((await client.follow(known.code)).status).toBe(302);
    gone(...linkTables);
    expect((await client.follow(known.code)).status).toBe(302);
    const page = await client.follow(unknown.code);
    expect(page.status).toBe(503);
    expect(page.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(page.headers.get('content-type')).toContain('text/html');
    const refused = await client.shorten({ url: 'https://example.com/refused' });
    expect(refused.status).toBe(503);
    expect(refused.json.code).toBe('unavailable');
  });

  it('links of other tables go on', async () => {
    const links = await Promise.all(Array.from({ length: 64 }, shorten));
    gone('Links0');
    const statuses = await Promise.all(
      links.map(async ({ code }) => (await client.follow(code)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([302, 503]));
    expect(statuses.filter((status) => status === 302).length).toBeGreaterThanOrEqual(16);
  });
});

describe('without the link index', () => {
  it('lists are answered 503, everything else goes on, and the list catches up', async () => {
    gone('LinkIndex');
    const { id, code } = await shorten();
    expect((await client.follow(code)).status).toBe(302);
    expect((await client.call(`/v1/links/${id}`)).status).toBe(200);
    expect((await client.call('/v1/links')).status).toBe(503);
    cloud.faults.clear();
    await cloud.idle();
    const { json } = await client.call('/v1/links?limit=1');
    expect(json.data[0].id).toBe(id);
  });
});

describe('without the segments and the counts', () => {
  it('visitors go on, stats are answered 503, and every click is counted afterwards', async () => {
    const { id, code } = await shorten();
    gone('Segments', 'Counts');
    for (let n = 0; n < 5; n++) expect((await client.follow(code)).status).toBe(302);
    const refused = await client.stats(id);
    expect(refused.status).toBe(503);
    cloud.faults.clear();
    await cloud.idle();
    expect((await client.stats(id)).json.totals.clicks).toBe(5);
  });
});
