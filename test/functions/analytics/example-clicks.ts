import { randomBytes } from 'node:crypto';
import type { ClickMessage } from '../../../functions/analytics/consume-clicks.ts';
import type { Click } from '../../../functions/events/click.ts';
import { clickClasses } from '../../../functions/events/click.ts';

export const exampleClick = (fields: Partial<Click> = {}): Click => ({
  v: 1,
  eid: randomBytes(8).toString('base64url'),
  ts: Date.UTC(2026, 0, 1, 12, 0, 30),
  link: 'abc1234',
  workspace: 'acme',
  domain: '_',
  class: 'human',
  channel: 'direct',
  ...fields,
});

export const toMessage = (click: Click, id: string = click.eid): ClickMessage => ({
  id,
  body: JSON.stringify(click),
  sentAt: click.ts + 100,
});

interface Random {
  next(): number;
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
}

const maybe = <T>(random: Random, items: readonly T[]): T | undefined =>
  random.next() < 0.2 ? undefined : random.pick(items);

const known = <T extends object>(fields: T) =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<Click>;

/** A click as real traffic has them: some attributes unknown, few values common. */
export const randomClick = (random: Random, fields: Partial<Click> = {}): Click =>
  exampleClick({
    eid: Buffer.from(Array.from({ length: 8 }, () => random.below(256))).toString('base64url'),
    class: random.next() < 0.7 ? 'human' : random.pick(clickClasses),
    channel: random.pick(['direct', 'search', 'referral']),
    ...known({
      country: maybe(random, ['DE', 'FR', 'US', 'IN', 'BR']),
      region: maybe(random, ['BE', 'BY', 'CA']),
      city: maybe(random, ['Berlin', 'Paris', 'São Paulo']),
      language: maybe(random, ['de', 'en', 'fr']),
      device: maybe(random, ['desktop', 'mobile', 'tablet']),
      browser: maybe(random, ['Chrome', 'Safari', 'Firefox']),
      os: maybe(random, ['Windows', 'iOS', 'Android', 'macOS']),
      refHost: maybe(random, ['google.com', 'example.org', 't.co']),
      source: maybe(random, ['Google', 'X']),
    }),
    ...fields,
  });
