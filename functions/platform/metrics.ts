import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** Embedded metric format on standard output, namespace by POWERTOOLS_METRICS_NAMESPACE. */
export const metrics = new Metrics({
  namespace: process.env.POWERTOOLS_METRICS_NAMESPACE ?? 'Hopgate',
});

/** Counts one occurrence at once, whatever becomes of the invocation. */
export const countOne = (name: string, dimensions: Readonly<Record<string, string>> = {}): void => {
  const single = metrics.singleMetric();
  for (const [dimension, value] of Object.entries(dimensions))
    single.addDimension(dimension, value);
  single.addMetric(name, MetricUnit.Count, 1);
};
