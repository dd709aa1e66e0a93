import { apiEnv } from '../http/env.ts';
import { defineEnv, type EnvInput, env } from '../platform/env.ts';

export const clickConsumerEnv = defineEnv({
  STAGE: env.text(),
  SEGMENTS_TABLE: env.text(),
});

export const compactorEnv = defineEnv({
  STAGE: env.text(),
  SEGMENTS_TABLE: env.text(),
  COUNTS_TABLE: env.text(),
});

export const statsApiEnv = defineEnv({
  ...apiEnv,
  /** The links' data tables in order, shard 0 first. */
  LINK_TABLES: env.list(),
  COUNTS_TABLE: env.text(),
});

export type ClickConsumerEnv = EnvInput<typeof clickConsumerEnv>;
export type CompactorEnv = EnvInput<typeof compactorEnv>;
export type StatsApiEnv = EnvInput<typeof statsApiEnv>;
