import { apiHandler } from '../http/api-handler.ts';
import { systemClock } from '../kernel/clock.ts';
import { createServiceLimiter } from '../limiter/index.ts';
import { createDocumentClient } from '../platform/dynamo.ts';
import { readEnv } from '../platform/env.ts';
import { logger } from '../platform/logger.ts';
import { countOne } from '../platform/metrics.ts';
import { limitRoutes } from './api/limit-routes.ts';
import { createDynamoPolicyStore } from './dynamo-policy-store.ts';
import { limitsApiEnv } from './env.ts';
import { createPolicyBook } from './policy-book.ts';

const env = readEnv(limitsApiEnv);
const clock = systemClock;
// A check waits for it only until a policy that is known goes on stale.
const bookClient = createDocumentClient({ maxAttempts: 2, requestTimeoutMs: 300 });

const book = createPolicyBook({
  store: createDynamoPolicyStore(bookClient, env.CONTROL_TABLE),
  clock,
  onMisfit: ({ policy }, error) =>
    logger.warn('override does not fit', { policy, error: error as Error }),
});
const limiter = createServiceLimiter({
  limitsTable: env.LIMITS_TABLE,
  clock,
  // Not by policy: names are the workspaces' own, and each would be a metric that is paid for.
  metrics: (metric) => countOne(metric, { policy: 'service' }),
});
const store = createDynamoPolicyStore(createDocumentClient(), env.CONTROL_TABLE);

export const handler = await apiHandler(env, limitRoutes({ store, clock, book, limiter }));
