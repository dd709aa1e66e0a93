/** When an alarm fires and who has to know. */
export interface AlarmRule {
  readonly threshold: number;
  /** One-minute periods looked at, and how many of them must be at the threshold or above. */
  readonly periods: number;
  readonly datapoints: number;
  /** `page` wakes someone; `ticket` waits for the morning. */
  readonly severity: 'page' | 'ticket';
  /** One sentence on what is wrong for whom. */
  readonly summary: string;
  readonly runbook: string;
}

const rule = (
  anchor: string,
  severity: AlarmRule['severity'],
  threshold: number,
  [datapoints, periods]: readonly [number, number],
  summary: string,
): AlarmRule => ({
  threshold,
  periods,
  datapoints,
  severity,
  summary,
  runbook: `docs/runbook.md#${anchor}`,
});

/** Every alarm of a stage, each $0.10 a month. Latencies and ages in ms, except clickAge in s. */
export const alarmRules = {
  redirectErrors: rule(
    'redirect-errors',
    'page',
    3,
    [1, 1],
    'The new version of the redirect fails.',
  ),
  redirectLatency: rule(
    'redirect-latency',
    'page',
    1_000,
    [2, 3],
    'The new version of the redirect is slow at p99.',
  ),
  apiErrors: rule('api-errors', 'page', 3, [1, 1], 'The new version of an API function fails.'),
  apiLatency: rule(
    'api-latency',
    'ticket',
    3_000,
    [2, 3],
    'The new version of an API function is slow at p99.',
  ),
  gatewayErrors: rule('gateway-5xx', 'page', 5, [2, 3], 'Callers get 5xx answers.'),
  fastBurn: rule(
    'error-budget',
    'page',
    14.4,
    [1, 1],
    "Two percent of the month's error budget went in one hour.",
  ),
  slowBurn: rule(
    'error-budget',
    'ticket',
    6,
    [1, 1],
    "Five percent of the month's error budget went in six hours.",
  ),
  redirectThrottles: rule(
    'throttles',
    'page',
    1,
    [2, 3],
    'Redirects are refused: the account or the function is out of concurrency.',
  ),
  deadLetters: rule(
    'dead-letters',
    'ticket',
    1,
    [1, 1],
    'Work was given up and waits in a dead-letter queue.',
  ),
  clicksNotPublished: rule(
    'clicks-not-published',
    'ticket',
    1,
    [1, 1],
    'The queue did not take clicks: they are in the log and not counted yet.',
  ),
  clicksTooLate: rule(
    'clicks-too-late',
    'ticket',
    1,
    [1, 1],
    'Clicks older than 14 days arrived: they are kept and not counted.',
  ),
  limiterFailedOpen: rule(
    'limiter-failed-open',
    'ticket',
    100,
    [3, 5],
    'The limits table does not answer in time: requests are limited in memory only.',
  ),
  clickAge: rule('click-age', 'ticket', 900, [5, 5], 'Clicks wait in the queue: statistics lag.'),
  projectionLag: rule(
    'projection-lag',
    'ticket',
    60_000,
    [5, 5],
    'Lists and searches lag behind the links.',
  ),
  compactionLag: rule(
    'compaction-lag',
    'ticket',
    300_000,
    [5, 5],
    'Counts lag behind the clicks that were stored.',
  ),
} satisfies Record<string, AlarmRule>;

export type AlarmName = keyof typeof alarmRules;

/** The table of alarms, thresholds adjusted for a stage. */
export const alarmsWith = (
  thresholds: Partial<Record<AlarmName, number>>,
): Readonly<Record<AlarmName, AlarmRule>> =>
  Object.fromEntries(
    Object.entries(alarmRules).map(([name, alarm]) => [
      name,
      { ...alarm, threshold: thresholds[name as AlarmName] ?? alarm.threshold },
    ]),
  ) as Record<AlarmName, AlarmRule>;
