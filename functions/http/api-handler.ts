import { createKeyAuthenticator } from '../identity/index.ts';
import { systemClock } from '../kernel/clock.ts';
import { createApiLimiter } from '../limiter/index.ts';
import type { Env } from '../platform/env.ts';
import { logger } from '../platform/logger.ts';
import { countOne } from '../platform/metrics.ts';
import { createApiHandler } from './api-pipeline.ts';
import type { apiEnv } from './env.ts';
import type { Route } from './route.ts';

/** The Lambda handler of a slice's routes, with the authenticator and limiter of its environment. */
export const apiHandler = async (env: Env<typeof apiEnv>, routes: readonly Route[]) => {
  const limiter = createApiLimiter({
    env: { limitsTable: env.LIMITS_TABLE, policies: env.LIMIT_POLICIES },
    clock: systemClock,
    metrics: (metric, policy) => countOne(metric, { policy }),
    onMisfit: (limits, error) =>
      logger.warn('limits of a key do not fit', { limits, error: error as Error }),
  });
  await limiter.warm();
  return createApiHandler({
    routes,
    authenticate: createKeyAuthenticator({ controlTable: env.CONTROL_TABLE, stage: env.STAGE }),
    limiter,
    originSecrets: env.ORIGIN_SECRETS,
  });
};
