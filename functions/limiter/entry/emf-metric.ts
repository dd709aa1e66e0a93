import type { Clock } from '../../kernel/clock.ts';
import type { CountMetric } from '../metric.ts';
import { metricsNamespace } from './construct-contract.ts';

/**
 * Counts in CloudWatch's embedded metric format: one line of JSON an occurrence, from which
 * CloudWatch Logs makes the metric. `write` gets the line; Lambda's own console would wrap it.
 */
export const countInLog =
  (table: string, clock: Clock, write: (line: string) => unknown): CountMetric =>
  (metric, policy, cause) => {
    const definition = {
      Namespace: metricsNamespace,
      Dimensions: [['table'], ['table', 'policy']],
      Metrics: [{ Name: metric, Unit: 'Count' }],
    };
    const line = {
      _aws: { Timestamp: clock.now(), CloudWatchMetrics: [definition] },
      table,
      policy,
      [metric]: 1,
      ...(cause !== undefined && { cause: String(cause) }),
    };
    write(`${JSON.stringify(line)}\n`);
  };
