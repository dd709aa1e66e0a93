import { describe, expect, it } from 'vitest';
import type { Click } from '../../../../functions/events/click.ts';
import { seededRandom } from '../../../support/random.ts';
import { randomClick } from '../example-clicks.ts';
import { createPipeline } from '../pipeline.ts';
import { callStats } from './call-stats.ts';

const tupleDimensions = [
  'class',
  'country',
  'device',
  'browser',
  'os',
  'channel',
  'source',
] as const;
const details = ['region', 'city', 'language', 'refHost'] as const;
type Dimension = (typeof tupleDimensions)[number] | (typeof details)[number];

// Both changes of the clocks of Europe lie within a year, and that of Lord Howe by half an hour.
const zones = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe'];
const first = Date.UTC(2026, 2, 20);
const now = Date.UTC(2026, 3, 10, 9, 41);
const random = seededRandom(11);
const shownValue = (click: Click, name: Dimension): string => String(click[name] ?? 'unknown');

const setUp = async () => {
  const pipeline = createPipeline(first);
  const clicks: Click[] = [];
  // Days pass, so that some are rolled up and the last ones are not.
  while (pipeline.clock.now() < now) {
    const batch = Array.from({ length: 25 }, () =>
      randomClick(random, {
        ts: pipeline.clock.now() + random.below(20 * 3_600_000),
        link: random.pick(['l1', 'l2']),
      }),
    ).filter(({ ts }) => ts < now);
    pipeline.clock.advance(20 * 3_600_000);
    clicks.push(...batch);
    await pipeline.send([...batch, ...batch.slice(0, 5)]);
    await pipeline.compact();
  }
  pipeline.clock.set(now);
  return { call: callStats(pipeline), clicks };
};

const randomQuery = () => {
  const interval = random.pick(['hour', 'day', 'month'] as const);
  const from = first + random.below(10) * 86_400_000 + random.below(86_400_000);
  const to = from + 1 + random.below(10 * 86_400_000);
  const filters: Partial<Record<Dimension, string>> = {};
  for (const name of tupleDimensions) {
    if (random.next() < 0.8) continue;
    const values = { class: ['human', 'bot'], country: ['DE', 'FR', 'unknown'] }[
      name as 'class'
    ] ?? ['Chrome', 'iOS', 'mobile', 'search', 'Google', 'unknown'];
    filters[name] = [random.pick(values), random.pick(values)]
      .map((value) => (random.next() < 0.4 ? `-${value}` : value))
      .join(',');
  }
  const crossed = Object.keys(filters).some((name) => name !== 'class');
  const groupable: readonly Dimension[] = crossed
    ? tupleDimensions
    : [...tupleDimensions, ...details];
  return {
    interval,
    tz: random.pick(zones),
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    groupBy: [random.pick(groupable), random.pick(groupable)].join(','),
    ...filters,
  };
};

const passes = (value: string, filter: string): boolean => {
  const names = filter.split(',');
  const only = names.filter((name) => !name.startsWith('-'));
  return (only.length === 0 || only.includes(value)) && !names.includes(`-${value}`);
};

describe('stats', () => {
  it('are what counting the events one by one gives, for any range, zone, filter and group', async () => {
    const { call, clicks } = await setUp();
    let counted = 0;
    for (let run = 0; run < 300; run++) {
      const query = randomQuery();
      const { status, body } = await call('l1', query);
      expect([query, status]).toEqual([query, 200]);
      const [from, to] = [Date.parse(body.from), Date.parse(body.to)];
      expect(from).toBeLessThanOrEqual(Date.parse(query.from));
      expect(to).toBeGreaterThanOrEqual(Date.parse(query.to));
      const matching = clicks.filter(
        (click) =>
          click.link === 'l1' &&
          click.ts >= from &&
          click.ts < to &&
          tupleDimensions.every(
            (name) =>
              !(name in query) || passes(shownValue(click, name), query[name as 'class'] ?? ''),
          ),
      );
      counted += matching.length;
      expect([query, body.totals.clicks]).toEqual([query, matching.length]);
      expect(body.totals.humans).toBe(matching.filter((click) => click.class === 'human').length);
      const ends = [...body.series.slice(1).map(({ start }: { start: string }) => start), body.to];
      for (const [index, { start, clicks: shown, bots }] of body.series.entries()) {
        const inside = matching.filter(
          ({ ts }) => ts >= Date.parse(start) && ts < Date.parse(ends[index]),
        );
        expect([start, shown]).toEqual([start, inside.length]);
        expect(bots).toBe(inside.filter((click) => click.class === 'bot').length);
      }
      for (const name of query.groupBy.split(',') as Dimension[]) {
        const expected = Object.fromEntries(
          [...Map.groupBy(matching, (click) => shownValue(click, name))].map(([value, group]) => [
            value,
            group.length,
          ]),
        );
        const rows: { value: string; clicks: number }[] = body.groups[name];
        const answered = Object.fromEntries(rows.map((row) => [row.value, row.clicks]));
        expect([query, answered]).toEqual([query, expected]);
      }
    }
    expect(counted).toBeGreaterThan(1000);
  });

  it('tell minutes apart for the last week', async () => {
    const { call, clicks } = await setUp();
    const from = now - 30 * 3_600_000;
    const { body } = await call('l1', {
      interval: 'minute',
      from: new Date(from).toISOString(),
      to: new Date(from + 20 * 3_600_000).toISOString(),
    });
    const inside = clicks.filter(
      ({ link, ts }) => link === 'l1' && ts >= Date.parse(body.from) && ts < Date.parse(body.to),
    );
    expect(body.series).toHaveLength(1200);
    expect(body.totals.clicks).toBe(inside.length);
    for (const { ts } of inside) {
      const start = `${new Date(ts).toISOString().slice(0, 16)}:00Z`;
      expect(
        body.series.find((row: { start: string }) => row.start === start).clicks,
      ).toBeGreaterThan(0);
    }
  });
});
