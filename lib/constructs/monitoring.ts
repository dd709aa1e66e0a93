import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AlarmRule } from '../alarms.ts';
import type { HandlerFunction } from './handler-function.ts';

/** Where alarms of a stage go, and the dashboard that shows what they watch. */
export class Monitoring extends Construct {
  readonly topic: Topic;
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.topic = new Topic(this, 'Alarms', { enforceSSL: true });
    // The TLS statement replaces the topic's default policy, under which alarms could publish.
    const alarms = { service: 'cloudwatch', resource: 'alarm', resourceName: '*' };
    this.topic.grantPublish(
      new ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: {
          ArnLike: {
            'aws:SourceArn': Stack.of(this).formatArn({
              ...alarms,
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          },
        },
      }),
    );
    this.dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.hours(6) });
  }

  /** An alarm under `scope`, at or above the rule's threshold, that tells the topic. */
  alarm(scope: Construct, id: string, rule: AlarmRule, metric: IMetric): Alarm {
    const alarm = new Alarm(scope, id, {
      metric,
      threshold: rule.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: rule.periods,
      datapointsToAlarm: rule.datapoints,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `[${rule.severity}] ${rule.summary} Runbook: ${rule.runbook}`,
    });
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }

  /** One row of graphs on the dashboard. */
  graphs(graphs: Readonly<Record<string, readonly IMetric[]>>): void {
    const entries = Object.entries(graphs);
    const width = Math.floor(24 / entries.length);
    this.dashboard.addWidgets(
      ...entries.map(([title, left]) => new GraphWidget({ title, left: [...left], width })),
    );
  }
}

const minute = { period: Duration.minutes(1) };

/** Of all versions together. */
export const functionMetric = (
  handler: HandlerFunction,
  metricName: string,
  statistic = 'Maximum',
): IMetric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    statistic,
    dimensionsMap: { FunctionName: handler.functionName },
    ...minute,
  });

/** Messages that wait. */
export const depthOf = (queue: Queue): IMetric =>
  queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', ...minute });

/** Seconds that the oldest message has waited. */
export const ageOf = (queue: Queue): IMetric =>
  queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', ...minute });

/** How often something happened, as our functions count it. */
export const stageMetric = (
  namespace: string,
  metricName: string,
  dimensionsMap: Readonly<Record<string, string>>,
): IMetric => new Metric({ namespace, metricName, statistic: 'Sum', dimensionsMap, ...minute });
