import { apiEnv } from '../http/env.ts';
import { defineEnv, type EnvInput, env } from '../platform/env.ts';

export const healthApiEnv = defineEnv({
  ...apiEnv,
  LINK_TABLES: env.list(),
  INDEX_TABLE: env.text(),
  SEGMENTS_TABLE: env.text(),
  COUNTS_TABLE: env.text(),
  CLICK_QUEUE_URL: env.text(),
});

export type HealthApiEnv = EnvInput<typeof healthApiEnv>;
