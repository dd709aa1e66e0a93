/** Minutes are counted from segments, hours from minutes, days from hours. All of them are UTC. */
export const levels = ['minute', 'hour', 'day'] as const;

export type Level = (typeof levels)[number];

/** What is counted at once; `start` in epoch minutes, as all times of counts. */
export interface Unit {
  readonly workspace: string;
  readonly level: Level;
  readonly start: number;
}

export const unitMinutes: Readonly<Record<Level, number>> = { minute: 1, hour: 60, day: 1440 };

export const startOf = (level: Level, minute: number): number =>
  minute - (minute % unitMinutes[level]);

export const endOf = ({ level, start }: Pick<Unit, 'level' | 'start'>): number =>
  start + unitMinutes[level];

/**
 * How finely a level tells clicks apart in time, finest first; wider where an item would get too
 * large. Every time zone's offset is a whole number of quarter-hours.
 */
export const slotWidths: Readonly<Record<Level, readonly [number, ...number[]]>> = {
  minute: [1],
  hour: [15, 60],
  day: [15, 60, 1440],
};

/** The first minute of the year that a minute is in. */
export const yearStart = (minute: number): number =>
  Date.UTC(new Date(minute * 60_000).getUTCFullYear(), 0) / 60_000;

/** Items of one level that are read together: an hour's minutes, a day's hours, a year's days. */
export interface Period {
  readonly workspace: string;
  readonly level: Level;
  readonly start: number;
}

export const periodOf = ({ workspace, level, start }: Unit): Period => ({
  workspace,
  level,
  start:
    level === 'minute'
      ? startOf('hour', start)
      : level === 'hour'
        ? startOf('day', start)
        : yearStart(start),
});

export const childLevel = { hour: 'minute', day: 'hour' } as const;
