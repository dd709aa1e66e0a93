import { describe, expect, it } from 'vitest';
import { type Interval, timeZone } from '../../../../functions/analytics/stats/time-zone.ts';

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'America/Havana',
  'Africa/Cairo',
  'Asia/Beirut',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
];
const from = Date.UTC(2026, 0, 1) / 60_000;
const to = Date.UTC(2027, 0, 3) / 60_000;

/** Where the text of a zone's wall clock changes, asked of Intl every quarter of an hour. */
const changesOf = (name: string, interval: Interval): number[] => {
  const parts = {
    month: { year: 'numeric', month: 'numeric' },
    day: { year: 'numeric', month: 'numeric', day: 'numeric' },
    hour: {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    },
  } as const;
  const format = new Intl.DateTimeFormat('en', {
    timeZone: name,
    ...(interval === 'minute' ? {} : parts[interval]),
  });
  const changes: number[] = [];
  let before = format.format((from - 15) * 60_000);
  for (let minute = from; minute < to; minute += 15) {
    const text = format.format(minute * 60_000);
    if (text !== before) changes.push(minute);
    before = text;
  }
  return changes;
};

describe('timeZone', () => {
  it.each(zones)('starts buckets where the wall clock of %s does', (name) => {
    const zone = timeZone(name);
    if (zone === undefined) throw new Error(`no zone ${name}`);
    for (const interval of ['hour', 'day', 'month'] as const) {
      const changes = changesOf(name, interval);
      const starts: number[] = [];
      for (let start = changes[0] ?? to; start < to; start = zone.next(interval, start)) {
        starts.push(start);
      }
      expect([interval, starts]).toEqual([interval, changes]);
      for (const minute of [0, 7, 100, 1001, 5000].map((each) => (changes[1] ?? 0) + each)) {
        const expected = changes.filter((each) => each <= minute).at(-1);
        expect(zone.startOf(interval, minute)).toBe(expected);
      }
    }
  });

  it('writes times with the zone’s offset', () => {
    const winter = Date.UTC(2026, 0, 1, 12) / 60_000;
    const written = (name: string) => timeZone(name)?.format(winter);
    expect(written('UTC')).toBe('2026-01-01T12:00:00Z');
    expect(written('Asia/Kathmandu')).toBe('2026-01-01T17:45:00+05:45');
    expect(written('America/St_Johns')).toBe('2026-01-01T08:30:00-03:30');
  });

  it.each(['', 'Nowhere/Land', '+05:30', 'Europe/Berlin\u0000'])('knows no zone %j', (name) => {
    expect(timeZone(name)).toBeUndefined();
  });
});
