import type { Clock } from '../kernel/clock.ts';
import type { LimitPolicies } from './env.ts';
import { type ApiLimiter, apiLimiter } from './http/api-limiter.ts';
import { type KeyLimits, toPolicies } from './http/api-policies.ts';
import type { HeaderFormat } from './http/headers.ts';
import { createKeyPolicies } from './http/key-policies.ts';
import { createLimiter, type Limiter } from './limiter.ts';
import type { CountMetric } from './metric.ts';
import { createDynamoAddressSecret } from './stores/dynamo-address-secret.ts';
import { createDynamoLimitStore } from './stores/dynamo-limit-store.ts';
import { createLimitsClient } from './stores/dynamo-limits-client.ts';

export { type Algorithm, algorithmNames } from './algorithms/limit.ts';
export type { ApiDecision, ApiLimiter } from './http/api-limiter.ts';
export type { KeyLimits } from './http/api-policies.ts';
export { createFloodGuard, type FloodGuard } from './http/flood-guard.ts';
export { rateLimitHeaders } from './http/headers.ts';
export type { KeyLimit } from './http/key-policies.ts';
export type { Limiter } from './limiter.ts';
export type { CountMetric } from './metric.ts';
export {
  definePolicy,
  type LimitInput,
  type Mode,
  type OnFailure,
  type Policy,
} from './policy.ts';
export type { Settlement } from './settlements.ts';
export type { Decision, Verdict } from './verdict.ts';

/** The API's limiter on the stage's table. Charges are sent once: the SDK's retries are off. */
export const createApiLimiter = ({
  env: { limitsTable, policies: table },
  clock,
  metrics,
  format,
  onMisfit,
}: {
  readonly env: { readonly limitsTable: string; readonly policies: LimitPolicies };
  readonly clock: Clock;
  readonly metrics?: CountMetric;
  readonly format?: HeaderFormat;
  /** Is told of a key's limits that do not fit the stage's table; the key then has the stage's. */
  readonly onMisfit?: (limits: KeyLimits, error: unknown) => void;
}): ApiLimiter => {
  const client = createLimitsClient();
  const { global, perIp } = toPolicies(table);
  const parts = {
    store: createDynamoLimitStore({ client, tableName: limitsTable }),
    clock,
    ...(metrics && { count: metrics }),
  };
  return apiLimiter({
    limiter: createLimiter({ ...parts, shared: global }),
    // Its quota is a thousand times the others': it would use up what all requests share.
    checksLimiter: createLimiter(parts),
    keyPolicies: createKeyPolicies(table, onMisfit),
    perIp,
    addressSecret: createDynamoAddressSecret({ client, tableName: limitsTable, clock }),
    ...(format && { format }),
  });
};

/** The limiter behind /v1/limits: workspaces' own policies, on the stage's table. */
export const createServiceLimiter = ({
  limitsTable,
  clock,
  metrics,
}: {
  readonly limitsTable: string;
  readonly clock: Clock;
  readonly metrics?: CountMetric;
}): Limiter =>
  createLimiter({
    store: createDynamoLimitStore({
      client: createLimitsClient(),
      tableName: limitsTable,
    }),
    clock,
    keyPrefix: 'limits:',
    ...(metrics && { count: metrics }),
  });
