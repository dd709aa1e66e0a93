import { systemClock } from '../../kernel/clock.ts';
import { createLimiter, type Limiter, type LimiterOptions } from '../limiter.ts';
import type { Policy } from '../policy.ts';
import { createDynamoLimitStore } from '../stores/dynamo-limit-store.ts';
import { createLimitsClient } from '../stores/dynamo-limits-client.ts';
import { countInLog } from './emf-metric.ts';
import { readLimiterEnv } from './env.ts';

/** The limiter of a function that the construct `RateLimiter` protects. */
export interface EnvironmentLimiter {
  readonly limiter: Limiter;
  /** @throws Error for a name that the construct's policies do not have */
  policy(name: string): Policy;
  /** Opens the connection before the first request, which else has 300 ms for it; never fails. */
  warm(): Promise<void>;
}

export interface EnvironmentLimiterOptions extends Partial<Omit<LimiterOptions, 'store'>> {
  /** @default process.env */
  readonly source?: Readonly<Record<string, string | undefined>>;
}

/**
 * Builds the limiter from the table and the policies that the construct put in the environment.
 * Call it once, at module scope. Metrics are lines in the function's log.
 * @throws Error that lists missing and malformed variables
 */
export const limiterFromEnvironment = ({
  source = process.env,
  clock = systemClock,
  ...options
}: EnvironmentLimiterOptions = {}): EnvironmentLimiter => {
  const { table, policies } = readLimiterEnv(source);
  const limiter = createLimiter({
    store: createDynamoLimitStore({ client: createLimitsClient(), tableName: table }),
    clock,
    count: countInLog(table, clock, (line) => process.stdout.write(line)),
    ...options,
  });
  return {
    limiter,
    policy: (name) => {
      const policy = policies.get(name);
      if (policy !== undefined) return policy;
      const names = [...policies.keys()].join(', ');
      throw new Error(`There is no policy "${name}" in HOPGATE_LIMIT_POLICIES, only: ${names}`);
    },
    warm: async () => {
      const [any] = policies.values();
      if (any !== undefined) await limiter.peek(any, 'warm');
    },
  };
};
