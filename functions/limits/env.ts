import { apiEnv } from '../http/env.ts';
import { defineEnv, type EnvInput } from '../platform/env.ts';

/** Policies are in the control table, what is charged in the limits table. */
export const limitsApiEnv = defineEnv({ ...apiEnv });

export type LimitsApiEnv = EnvInput<typeof limitsApiEnv>;
