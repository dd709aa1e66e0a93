import { parseLimitPolicies } from '../limiter/env.ts';
import { defineEnv, type EnvInput, env } from '../platform/env.ts';

/** What every function behind the API pipeline needs. */
export const apiEnv = defineEnv({
  STAGE: env.text(),
  /** The origin lock's current value, and the previous one while it rotates. */
  ORIGIN_SECRETS: env.list(),
  CONTROL_TABLE: env.text(),
  LIMITS_TABLE: env.text(),
  LIMIT_POLICIES: env.json(parseLimitPolicies),
});

export type ApiEnv = EnvInput<typeof apiEnv>;
