import type { Clock } from '../kernel/clock.ts';
import { createDocumentClient } from '../platform/dynamo.ts';
import { type ApiLimiter, apiLimiter } from './api-limiter.ts';
import { type LimitPolicies, toPolicies } from './env.ts';
import type { HeaderFormat } from './headers.ts';
import { createLimiter } from './limiter.ts';
import type { CountMetric } from './metric.ts';
import { createDynamoAddressSecret } from './stores/dynamo-address-secret.ts';
import { createDynamoLimitStore } from './stores/dynamo-limit-store.ts';

export type { ApiDecision, ApiLimiter } from './api-limiter.ts';
export { createFloodGuard, type FloodGuard } from './flood-guard.ts';

/** Longer than any budget of the limiter: its abort signals end a call, this only bounds a bug. */
const requestTimeoutMs = 1000;

/** The API's limiter on the stage's table. Charges are sent once: the SDK's retries are off. */
export const createApiLimiter = ({
  env: { limitsTable, policies: table },
  clock,
  metrics,
  format,
}: {
  readonly env: { readonly limitsTable: string; readonly policies: LimitPolicies };
  readonly clock: Clock;
  readonly metrics?: CountMetric;
  readonly format?: HeaderFormat;
}): ApiLimiter => {
  const client = createDocumentClient({ maxAttempts: 1, requestTimeoutMs });
  const policies = toPolicies(table);
  return apiLimiter({
    limiter: createLimiter({
      store: createDynamoLimitStore({ client, tableName: limitsTable }),
      clock,
      shared: policies.global,
      ...(metrics && { count: metrics }),
    }),
    policies,
    addressSecret: createDynamoAddressSecret({ client, tableName: limitsTable, clock }),
    ...(format && { format }),
  });
};
