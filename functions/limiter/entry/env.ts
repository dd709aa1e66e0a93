import { env, readEnv } from '../../platform/env.ts';
import type { Policy } from '../policy.ts';
import { definePolicies } from './construct-contract.ts';

export type { LimiterMetric } from '../metric.ts';

/** What the construct `RateLimiter` sets on the functions that it protects. */
export interface LimiterEnv {
  readonly HOPGATE_LIMITS_TABLE: string;
  /** The policies by name, as JSON. */
  readonly HOPGATE_LIMIT_POLICIES: string;
}

/** @throws Error that lists missing and malformed variables */
export const readLimiterEnv = (
  source: Readonly<Record<string, string | undefined>>,
): { readonly table: string; readonly policies: ReadonlyMap<string, Policy> } => {
  const schema = {
    HOPGATE_LIMITS_TABLE: env.text(),
    HOPGATE_LIMIT_POLICIES: env.json(definePolicies),
  } satisfies Record<keyof LimiterEnv, unknown>;
  const values = readEnv(schema, source);
  return { table: values.HOPGATE_LIMITS_TABLE, policies: values.HOPGATE_LIMIT_POLICIES };
};
