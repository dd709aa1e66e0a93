import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../support/random.ts';
import { randomClick } from '../example-clicks.ts';
import { createPipeline } from '../pipeline.ts';
import { callStats } from './call-stats.ts';

const now = Date.UTC(2026, 0, 20, 12, 0, 30);
const hour = 3_600_000;

const setUp = async () => {
  const pipeline = createPipeline(now);
  const random = seededRandom(1);
  const click = (fields: object) => randomClick(random, { link: 'l1', ...fields });
  await pipeline.send([
    click({ ts: now - 1000, class: 'human', country: 'DE', refHost: 't.co', device: 'mobile' }),
    click({ ts: now - hour, class: 'bot', country: 'FR', refHost: undefined, device: 'desktop' }),
    click({ ts: now - 30 * hour, class: 'head', country: undefined, device: 'desktop' }),
    click({ ts: now, link: 'l2', class: 'human' }),
  ]);
  await pipeline.compact();
  return { pipeline, call: callStats(pipeline) };
};

describe('statsRoute', () => {
  it('answers the last 30 days by day, with the usual groups', async () => {
    const { call } = await setUp();
    const { status, headers, body } = await call('l1');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'cache-control': 'private, max-age=1',
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
    });
    expect(body).toMatchObject({
      link: 'l1',
      from: '2025-12-21T00:00:00Z',
      to: '2026-01-21T00:00:00Z',
      interval: 'day',
      tz: 'UTC',
      totals: {
        clicks: 3,
        humans: 1,
        bots: 1,
        unfurls: 0,
        prefetches: 0,
        heads: 1,
        suspects: 0,
      },
    });
    expect(body.series).toHaveLength(31);
    expect(body.series.at(-1)).toMatchObject({
      start: '2026-01-20T00:00:00Z',
      clicks: 2,
      heads: 0,
    });
    expect(body.series.at(-2)).toMatchObject({
      start: '2026-01-19T00:00:00Z',
      clicks: 1,
      heads: 1,
    });
    expect(Object.keys(body.groups).sort()).toEqual(
      ['browser', 'class', 'country', 'device', 'os', 'refHost'].sort(),
    );
    expect(body.groups.country).toEqual([
      { value: 'DE', clicks: 1 },
      { value: 'FR', clicks: 1 },
      { value: 'unknown', clicks: 1 },
    ]);
    expect(body.groups.device[0]).toEqual({ value: 'desktop', clicks: 2 });
  });

  it('answers zeros for a link that nobody followed', async () => {
    const { call } = await setUp();
    const { body } = await call('l9', { interval: 'hour' });
    expect(body.totals.clicks).toBe(0);
    expect(body.series).toHaveLength(25);
    expect(body.groups.country).toEqual([]);
  });

  it('answers 304 until a click comes', async () => {
    const { pipeline, call } = await setUp();
    const { headers } = await call('l1');
    const again = () => call('l1', {}, { headers: { 'if-none-match': `W/${headers.etag}` } });
    expect(await again()).toMatchObject({ status: 304, headers: { etag: headers.etag } });
    expect((await again()).body).toBeUndefined();
    await pipeline.send([randomClick(seededRandom(2), { ts: now, link: 'l1' })]);
    await pipeline.compact();
    expect((await again()).status).toBe(200);
  });

  it('hides links of others', async () => {
    const { call } = await setUp();
    expect((await call('l1', {}, { workspace: 'evil' })).status).toBe(404);
    expect((await call('x')).status).toBe(404);
  });

  it('needs the scope stats:read', async () => {
    const { pipeline } = await setUp();
    expect((await callStats(pipeline, ['links:read'])('l1')).status).toBe(403);
  });

  it('takes the class as a filter of every group, and others of those counted together', async () => {
    const { call } = await setUp();
    const humans = await call('l1', { class: 'human', groupBy: 'refHost,city' });
    expect(humans.body.totals.clicks).toBe(1);
    expect(humans.body.groups.refHost).toEqual([{ value: 't.co', clicks: 1 }]);
    const mobile = await call('l1', { device: '-mobile' });
    expect(mobile.body.totals.clicks).toBe(2);
    expect(Object.keys(mobile.body.groups)).not.toContain('refHost');
    const unknown = await call('l1', { country: 'unknown' });
    expect(unknown.body.totals).toMatchObject({ clicks: 1, heads: 1 });
  });

  it.each([
    ['from', { from: 'yesterday' }],
    ['from', { from: '2026-13-01' }],
    ['from', { from: '2026-01-05', to: '2026-01-05' }],
    ['from', { from: '2026-01-05', to: '2026-01-04' }],
    ['from', { from: '1999-01-01' }],
    ['from', { from: '2020-01-01' }],
    ['from', { from: '2026-01-01', interval: 'minute' }],
    ['to', { to: '9999-01-01' }],
    ['to', { to: '2026-01-01T00:00:00' }],
    ['interval', { interval: 'year' }],
    ['tz', { tz: 'Nowhere/Land' }],
    ['groupBy', { groupBy: 'planet' }],
    ['groupBy', { groupBy: 'country,' }],
    ['groupBy', { groupBy: 'city', country: 'DE' }],
    ['class', { class: 'robots' }],
    ['country', { country: 'de' }],
    ['country', { country: '' }],
    ['device', { device: 'mobile,,' }],
    ['browser', { browser: 'x'.repeat(65) }],
    ['browser', { browser: 'a\u0000' }],
    ['os', { os: Array.from({ length: 51 }, () => 'x').join(',') }],
    ['planet', { planet: 'mars' }],
  ])('names the field that it refuses: %s of %j', async (field, query) => {
    const { call } = await setUp();
    const { status, body } = await call('l1', query as Record<string, string>);
    expect({ status, field: body.errors?.[0]?.field }).toEqual({ status: 422, field });
  });
});
