import { defineRoute } from '../../http/route.ts';
import type { Clock } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import { sha256Base64url } from '../../kernel/hashing.ts';
import type { LinkFinder } from '../../links/index.ts';
import type { CountStore } from '../counts/count-store.ts';
import type { LedgerStore } from '../counts/ledger.ts';
import { countAnswer } from './count-answer.ts';
import { planStats, type StatsPlan } from './plan-stats.ts';
import { readCounts } from './read-counts.ts';
import { statsQuerySchema } from './stats-query.ts';

export interface StatsOptions {
  readonly links: LinkFinder;
  readonly counts: CountStore;
  readonly ledgers: LedgerStore;
  readonly clock: Clock;
}

const resolutions = [1440, 60, 15];

const resolutionOf = ({ boundaries }: StatsPlan): number =>
  resolutions.find((width) => boundaries.every((minute) => minute % width === 0)) ?? 1;

const answerStats = async (
  { counts, ledgers }: StatsOptions,
  { workspace, link }: { readonly workspace: string; readonly link: string },
  plan: StatsPlan,
) => {
  const { boundaries, interval, zone } = plan;
  const [from] = boundaries;
  const to = boundaries.at(-1) ?? from;
  const resolution = resolutionOf(plan);
  const found = await readCounts({ counts, ledgers }, { workspace, link, from, to, resolution });
  const { totals, series, groups } = countAnswer(plan, found);
  return {
    link,
    from: zone.format(from),
    to: zone.format(to),
    interval,
    tz: zone.name,
    totals,
    series: series.map((bucket, index) => ({
      start: zone.format(boundaries[index] ?? from),
      ...bucket,
    })),
    groups,
  };
};

const knows = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch
    ?.split(',')
    .map((each) => each.trim().replace(/^W\//, ''))
    .some((each) => each === etag || each === '*') ?? false;

/** `GET /v1/links/{id}/stats`; what is polled and has not changed is answered 304. */
export const statsRoute = (options: StatsOptions) =>
  defineRoute({
    method: 'GET',
    path: '/v1/links/{id}/stats',
    scope: 'stats:read',
    query: statsQuerySchema,
    handle: async ({ principal: { workspace }, params: { id = '' }, query, headers }) => {
      const plan = planStats(query, options.clock.now());
      const link = await options.links.findOwned(workspace, id);
      if (link === undefined) throw new AppError('not-found', `There is no link "${id}".`);
      const body = await answerStats(options, { workspace, link: link.id }, plan);
      const etag = `"${sha256Base64url(JSON.stringify(body)).slice(0, 22)}"`;
      const caching = { etag, 'cache-control': 'private, max-age=1' };
      return knows(headers['if-none-match'], etag)
        ? { status: 304, headers: caching }
        : { status: 200, body, headers: caching };
    },
  });
