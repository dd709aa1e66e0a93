import { Duration } from 'aws-cdk-lib';
import { type Alarm, type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AlarmName, AlarmRule } from '../alarms.ts';
import type { HttpApi } from '../constructs/http-api.ts';
import {
  ageOf,
  depthOf,
  functionMetric,
  type Monitoring,
  stageMetric,
} from '../constructs/monitoring.ts';
import type { Analytics } from './analytics.ts';
import type { Links } from './links.ts';

export interface AlarmsProps {
  readonly api: HttpApi;
  readonly links: Links;
  readonly analytics: Analytics;
  readonly streamDeadLetters: Queue;
  readonly monitoring: Monitoring;
  /** Where the functions' own metrics are. */
  readonly metricsNamespace: string;
  readonly rules: Readonly<Record<AlarmName, AlarmRule>>;
  /** Alarms on computed metrics, which emulators do not have. */
  readonly burnRates: boolean;
}

/** Of all answers, those that may be a 5xx: 99.99 % are promised. */
const errorBudget = 0.0001;
/** Below this many requests a single failure would look like an outage. */
const leastRequests = 1_000;

const burnRate = (api: HttpApi, period: Duration): IMetric =>
  new MathExpression({
    label: 'Error budget burn rate',
    expression: `IF(requests < ${leastRequests}, 0, errors / requests / ${errorBudget})`,
    usingMetrics: {
      errors: api.metric('5xx', 'Sum', period),
      requests: api.metric('Count', 'Sum', period),
    },
    period,
  });

/** What a stage is watched for, and the graphs to look at when an alarm fires. */
export class Alarms extends Construct {
  /** Those that also turn a deployment back. */
  readonly rollback: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { analytics, api, burnRates, links, metricsNamespace, monitoring, rules } = props;
    const add = (alarmId: string, name: AlarmName, metric: IMetric): Alarm =>
      monitoring.alarm(this, alarmId, rules[name], metric);
    if (burnRates) {
      add('FastBurn', 'fastBurn', burnRate(api, Duration.hours(1)));
      add('SlowBurn', 'slowBurn', burnRate(api, Duration.hours(6)));
    }
    add(
      'RedirectThrottles',
      'redirectThrottles',
      functionMetric(links.redirect, 'Throttles', 'Sum'),
    );
    add('ProjectionLag', 'projectionLag', functionMetric(links.projector, 'IteratorAge'));
    add('CompactionLag', 'compactionLag', functionMetric(analytics.compactor, 'IteratorAge'));
    const own = (name: string, service: string, dimensions = {}): IMetric =>
      stageMetric(metricsNamespace, name, { service, ...dimensions });
    add('ClicksNotPublished', 'clicksNotPublished', own('ClickNotPublished', 'Redirect'));
    add('ClicksTooLate', 'clicksTooLate', own('ClickTooLate', 'ClickConsumer'));
    add(
      'LimiterFailedOpen',
      'limiterFailedOpen',
      own('LimiterFailedOpen', 'LinksApi', { policy: 'key' }),
    );
    add(
      'LimitsFailedOpen',
      'limiterFailedOpen',
      own('LimiterFailedOpen', 'LimitsApi', { policy: 'service' }),
    );
    add('ClickAge', 'clickAge', ageOf(analytics.clicks));
    add('StreamDeadLetters', 'deadLetters', depthOf(props.streamDeadLetters));
    this.rollback = [
      add('ClickDeadLetters', 'deadLetters', depthOf(analytics.clickDeadLetters)),
      add('GatewayErrors', 'gatewayErrors', api.metric('5xx', 'Sum')),
    ];
    this.addGraphs(props);
  }

  private addGraphs({ analytics, api, links, monitoring, streamDeadLetters }: AlarmsProps): void {
    monitoring.graphs({
      'Requests and errors': [
        api.metric('Count', 'Sum'),
        api.metric('4xx', 'Sum'),
        api.metric('5xx', 'Sum'),
      ],
      'Latency (ms)': [api.metric('Latency', 'p50'), api.metric('Latency', 'p99')],
      'Redirect duration (ms)': [
        functionMetric(links.redirect, 'Duration', 'p50'),
        functionMetric(links.redirect, 'Duration', 'p99'),
      ],
    });
    monitoring.graphs({
      'Oldest click (s)': [ageOf(analytics.clicks)],
      'Dead letters': [depthOf(analytics.clickDeadLetters), depthOf(streamDeadLetters)],
      'Stream lag (ms)': [
        functionMetric(links.projector, 'IteratorAge'),
        functionMetric(analytics.compactor, 'IteratorAge'),
      ],
    });
  }
}
