import { mergeCounts, tallyClicks } from '../../../../functions/analytics/counts/tally.ts';
import { recordClick } from '../../../../functions/analytics/segments/recorded-click.ts';
import { seededRandom } from '../../../support/random.ts';
import { randomClick } from '../example-clicks.ts';
import { plainCounts } from '../pipeline.ts';

export const start = Date.UTC(2026, 0, 1, 22, 58);
export const links = ['a', 'b', 'c'];
export const hour = 3_600_000;
export const day = 24 * hour;
export const minutes = (ms: number): number => ms / 60_000;
export const range = { from: minutes(start - day), to: minutes(start + 3 * day) };

export const randomClicks = (seed: number, count: number, spanMs = 8 * 60_000) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () =>
    randomClick(random, { ts: start + random.below(spanMs), link: random.pick(links) }),
  );
};

export const expectedOf = (clicks: ReturnType<typeof randomClicks>, width: number) => {
  const counts = new Map();
  mergeCounts(counts, tallyClicks(clicks.map((click) => recordClick(click, 9e15))), width);
  return plainCounts(counts);
};
