import { apiEnv } from '../http/env.ts';
import { defineEnv, type EnvInput, env } from '../platform/env.ts';
import { parseLinkSettings, parseRedirectSettings } from './settings.ts';

export type { LinkSettings, RedirectSettings } from './settings.ts';

export const redirectEnv = defineEnv({
  STAGE: env.text(),
  ORIGIN_SECRETS: env.list(),
  /** The data tables in order, shard 0 first. */
  LINK_TABLES: env.list(),
  CONTROL_TABLE: env.text(),
  CLICK_QUEUE_URL: env.text(),
  REDIRECT_SETTINGS: env.json(parseRedirectSettings),
});

export const linksApiEnv = defineEnv({
  ...apiEnv,
  LINK_TABLES: env.list(),
  INDEX_TABLE: env.text(),
  /** The HMAC key of codes made from an Idempotency-Key; permanent. */
  CODE_KEY: env.text(),
  LINK_SETTINGS: env.json(parseLinkSettings),
});

export const linkProjectorEnv = defineEnv({
  STAGE: env.text(),
  INDEX_TABLE: env.text(),
});

export type RedirectEnv = EnvInput<typeof redirectEnv>;
export type LinksApiEnv = EnvInput<typeof linksApiEnv>;
export type LinkProjectorEnv = EnvInput<typeof linkProjectorEnv>;
