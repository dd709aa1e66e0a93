import { Metrics } from '@aws-lambda-powertools/metrics';

/** Embedded metric format on standard output, namespace by POWERTOOLS_METRICS_NAMESPACE. */
export const metrics = new Metrics({
  namespace: process.env.POWERTOOLS_METRICS_NAMESPACE ?? 'Hopgate',
});
