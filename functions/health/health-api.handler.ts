import { apiHandler } from '../http/api-handler.ts';
import { defineRoute } from '../http/route.ts';
import { systemClock } from '../kernel/clock.ts';
import { createDocumentClient } from '../platform/dynamo.ts';
import { readEnv } from '../platform/env.ts';
import { createSqsClient } from '../platform/sqs.ts';
import { queueProbe, tableProbe } from './aws-probes.ts';
import { checkHealth } from './check-health.ts';
import { healthApiEnv } from './env.ts';

const env = readEnv(healthApiEnv);
const budget = { maxAttempts: 1, requestTimeoutMs: 1000 };
const client = createDocumentClient(budget);
const sorted = {
  index: env.INDEX_TABLE,
  control: env.CONTROL_TABLE,
  segments: env.SEGMENTS_TABLE,
  counts: env.COUNTS_TABLE,
};
const probes = [
  ...env.LINK_TABLES.map((tableName, shard) =>
    tableProbe(client, `links-${shard}`, { tableName, sorted: false }),
  ),
  tableProbe(client, 'limits', { tableName: env.LIMITS_TABLE, sorted: false }),
  ...Object.entries(sorted).map(([name, tableName]) =>
    tableProbe(client, name, { tableName, sorted: true }),
  ),
  queueProbe(createSqsClient(budget), 'clicks', env.CLICK_QUEUE_URL),
];

const health = defineRoute({
  method: 'GET',
  path: '/health',
  scope: 'public',
  handle: async () => ({ status: 200, body: { status: 'up' } }),
});

const detailed = defineRoute({
  method: 'GET',
  path: '/health/detailed',
  scope: 'health:read',
  handle: async () => {
    const body = await checkHealth(probes, systemClock);
    return { status: body.status === 'up' ? 200 : 503, body };
  },
});

export const handler = await apiHandler(env, [health, detailed]);
