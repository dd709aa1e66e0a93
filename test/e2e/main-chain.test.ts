import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../local/start-cloud.ts';
import { type ApiClient, apiClient, person } from '../support/api-client.ts';

let cloud: Cloud;
let client: ApiClient;
beforeAll(async () => {
  cloud = await startCloud({ memory: true });
  client = apiClient(cloud);
});
afterAll(async () => cloud.stop());

describe('a link', () => {
  it('is shortened, followed and counted', async () => {
    const created = await client.shorten({ url: 'https://example.com/a?b=c', title: 'A' });
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({
      url: 'https://example.com/a?b=c',
      domain: '_',
      status: 302,
      state: 'active',
      version: 1,
      title: 'A',
    });
    expect(created.json.shortUrl).toBe(`${cloud.url}/${created.json.code}`);
    expect(created.headers.get('location')).toBe(`/v1/links/${created.json.id}`);
    expect(created.headers.get('ratelimit-policy')).toContain(';q=');

    const followed = await client.follow(created.json.code, {
      'x-local-viewer-country': 'DE',
      referer: 'https://news.ycombinator.com/item?id=1',
    });
    expect(followed.status).toBe(302);
    expect(followed.headers.get('location')).toBe('https://example.com/a?b=c');
    expect(followed.headers.get('cache-control')).toContain('no-store');

    await cloud.idle();
    const stats = await client.stats(created.json.id);
    expect(stats.status).toBe(200);
    expect(stats.json.totals).toMatchObject({ clicks: 1, humans: 1, bots: 0 });
    expect(stats.json.groups).toMatchObject({
      country: [{ value: 'DE', clicks: 1 }],
      refHost: [{ value: 'news.ycombinator.com', clicks: 1 }],
      browser: [{ value: 'Chrome', clicks: 1 }],
      os: [{ value: 'Windows', clicks: 1 }],
      device: [{ value: 'desktop', clicks: 1 }],
      class: [{ value: 'human', clicks: 1 }],
    });
    expect(
      stats.json.series.reduce((sum: number, row: { clicks: number }) => sum + row.clicks, 0),
    ).toBe(1);
  });

  it('answers HEAD without a body and counts it as such', async () => {
    const { json } = await client.shorten({ url: 'https://example.com/head' });
    const answer = await client.follow(json.code, {}, 'HEAD');
    expect(answer.status).toBe(302);
    expect(answer.text).toBe('');
    await cloud.idle();
    expect((await client.stats(json.id)).json.totals).toMatchObject({
      clicks: 1,
      heads: 1,
      humans: 0,
    });
  });

  it('takes an alias of any script, by its id too', async () => {
    const created = await client.shorten({ url: 'https://example.com/kaffee', code: 'grüße/☕' });
    expect(created.status).toBe(201);
    expect(created.json.id).toMatch(/^~[\w-]+$/);
    const answer = await client.follow(encodeURI('grüße/☕'));
    expect(answer.headers.get('location')).toBe('https://example.com/kaffee');
    expect((await client.call(`/v1/links/${created.json.id}`)).json.code).toBe('grüße/☕');
  });

  it('is one link however often its creation is repeated with one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'order-17' };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => client.shorten({ url: 'https://example.com/once' }, headers)),
    );
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    const other = await client.shorten({ url: 'https://example.com/other' }, headers);
    expect(other.status).toBe(422);
    expect(other.json.code).toBe('idempotency-key-reused');
  });

  it('goes to one of two who want the same alias', async () => {
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((path) =>
        client.shorten({ url: `https://example.com/${path}`, code: 'wanted' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('is changed with If-Match, once', async () => {
    const { json, headers } = await client.shorten({ url: 'https://example.com/v1' });
    const patch = (url: string, etag: string | null) =>
      client.call(`/v1/links/${json.id}`, {
        method: 'PATCH',
        body: { url },
        headers: etag === null ? {} : { 'if-match': etag },
      });
    const changed = await patch('https://example.com/v2', headers.get('etag'));
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ url: 'https://example.com/v2', version: 2 });
    expect((await patch('https://example.com/v3', headers.get('etag'))).status).toBe(412);
  });

  it('leaves the list when deleted, answers 410 and keeps its code', async () => {
    const { json } = await client.shorten({ url: 'https://example.com/gone', code: 'printed' });
    await cloud.idle();
    const codes = async () =>
      (await client.call('/v1/links?limit=100')).json.data.map(
        ({ code }: { code: string }) => code,
      );
    expect(await codes()).toContain('printed');
    expect((await client.call(`/v1/links/${json.id}`, { method: 'DELETE' })).status).toBe(204);
    await cloud.idle();
    expect(await codes()).not.toContain('printed');
    expect((await client.follow('printed')).status).toBe(410);
    const again = await client.shorten({ url: 'https://evil.example.com', code: 'printed' });
    expect(again.status).toBe(409);
  });

  it('is listed newest first, page by page', async () => {
    const created: string[] = [];
    for (let n = 0; n < 5; n++) {
      const { json } = await client.shorten({ url: `https://example.com/${n}`, tags: ['paged'] });
      created.unshift(json.id);
    }
    await cloud.idle();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = `?limit=2&tag=paged${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
      const { json, status } = await client.call(`/v1/links${query}`);
      expect(status).toBe(200);
      seen.push(...json.data.map(({ id }: { id: string }) => id));
      cursor = json.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(created);
  });
});

describe('an unknown code', () => {
  it('is a page for people and a problem for programs', async () => {
    const page = await client.follow('nobody');
    expect(page.status).toBe(404);
    expect(page.headers.get('content-type')).toContain('text/html');
    const program = await client.follow('nobody', {
      accept: 'application/json',
      'user-agent': 'curl/8',
    });
    expect(program.status).toBe(404);
    expect(program.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('a visitor', () => {
  it('cannot steer a redirect by query, host or our own headers', async () => {
    const { json } = await client.shorten({ url: 'https://example.com/fixed' });
    const answer = await client.follow(`${json.code}?url=https://evil.example`, {
      'x-hop-viewer': '1;evil.example;L2V2aWw;id;203.0.113.1;1',
      'x-forwarded-host': 'evil.example',
      'x-hop-kind': 'program',
      'x-hop-origin': 'guess',
    });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('https://example.com/fixed');
  });

  it('is counted by what it is', async () => {
    const { json } = await client.shorten({ url: 'https://example.com/classes' });
    await client.follow(json.code, {
      'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)',
    });
    await client.follow(json.code, {
      'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    });
    await client.follow(json.code, { ...person, 'sec-purpose': 'prefetch;prerender' });
    await client.follow(json.code);
    await cloud.idle();
    expect((await client.stats(json.id)).json.totals).toMatchObject({
      clicks: 4,
      humans: 1,
      bots: 1,
      unfurls: 1,
      prefetches: 1,
    });
  });
});

describe('health', () => {
  it('is public in short and names each dependency with a key', async () => {
    expect((await client.call('/health', { withKey: false })).json).toEqual({ status: 'up' });
    expect((await client.call('/health/detailed', { withKey: false })).status).toBe(401);
    const detailed = await client.call('/health/detailed');
    expect(detailed.status).toBe(200);
    expect(detailed.json.dependencies.length).toBeGreaterThanOrEqual(9);
  });
});
