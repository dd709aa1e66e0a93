/** A zone's clock. All times are epoch minutes. */
export interface TimeZone {
  readonly name: string;
  /** Minutes ahead of UTC at that time. */
  offsetAt(minute: number): number;
  /** The first minute of the bucket that `minute` is in. */
  startOf(interval: Interval, minute: number): number;
  /** The first minute of the bucket after the one that starts at `start`. */
  next(interval: Interval, start: number): number;
  /** The first minute of a date, given as days since 1970-01-01. */
  startOfDate(date: number): number;
  /** ISO 8601 with the zone's offset. */
  format(minute: number): string;
}

export const intervals = ['minute', 'hour', 'day', 'month'] as const;

export type Interval = (typeof intervals)[number];

const dayMinutes = 1440;
const minuteMs = 60_000;

const readOffset = (formatter: Intl.DateTimeFormat, minute: number): number => {
  const text = formatter.format(minute * minuteMs);
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
};

const formatOffset = (offset: number): string => {
  if (offset === 0) return 'Z';
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const digits = [hours, minutes].map((part) => String(part).padStart(2, '0'));
  return `${offset < 0 ? '-' : '+'}${digits.join(':')}`;
};

const monthOf = (date: number): [year: number, month: number] => {
  const day = new Date(date * dayMinutes * minuteMs);
  return [day.getUTCFullYear(), day.getUTCMonth()];
};

const firstOfMonth = (year: number, month: number): number =>
  Date.UTC(year, month) / minuteMs / dayMinutes;

const createZone = (name: string): TimeZone => {
  const formatter = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' });
  const offsetAt = (minute: number): number => readOffset(formatter, minute);
  const dateOf = (minute: number): number => Math.floor((minute + offsetAt(minute)) / dayMinutes);
  const isWholeHour = (minute: number): boolean => (minute + offsetAt(minute)) % 60 === 0;

  // Clocks may be set at midnight, so that a date starts at 01:00, or has 00:00 twice.
  const startOfDate = (date: number): number => {
    const midnight = date * dayMinutes;
    const offsets = [offsetAt(midnight - dayMinutes), offsetAt(midnight + dayMinutes)];
    const candidates = offsets.map((offset) => midnight - offset).sort((a, b) => a - b);
    return candidates.find((each) => dateOf(each) >= date) ?? candidates[1] ?? midnight;
  };
  const startOfHour = (minute: number): number => {
    const offset = offsetAt(minute);
    const start = minute - ((((minute + offset) % 60) + 60) % 60);
    if (offsetAt(start) === offset) return start;
    let changed = minute;
    while (!isWholeHour(changed) && offsetAt(changed - 1) === offset) changed--;
    return changed;
  };
  const nextHour = (start: number): number => {
    const offset = offsetAt(start);
    const next = start + 60 - ((((start + offset) % 60) + 60) % 60);
    if (offsetAt(next - 1) === offset) return next;
    let changed = start + 1;
    while (offsetAt(changed) === offset) changed++;
    return changed;
  };
  return {
    name,
    offsetAt,
    startOfDate,
    startOf: (interval, minute) => {
      if (interval === 'minute') return minute;
      if (interval === 'hour') return startOfHour(minute);
      if (interval === 'day') return startOfDate(dateOf(minute));
      return startOfDate(firstOfMonth(...monthOf(dateOf(minute))));
    },
    next: (interval, start) => {
      if (interval === 'minute') return start + 1;
      if (interval === 'hour') return nextHour(start);
      if (interval === 'day') return startOfDate(dateOf(start) + 1);
      const [year, month] = monthOf(dateOf(start));
      return startOfDate(firstOfMonth(year, month + 1));
    },
    format: (minute) => {
      const offset = offsetAt(minute);
      const local = new Date((minute + offset) * minuteMs).toISOString().slice(0, 19);
      return `${local}${formatOffset(offset)}`;
    },
  };
};

const zones = new Map<string, TimeZone>();

/** The zone of an IANA name; undefined where there is none. */
export const timeZone = (name: string): TimeZone | undefined => {
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return undefined;
  try {
    const zone = createZone(name);
    zones.set(name, zone);
    return zone;
  } catch {
    return undefined;
  }
};
