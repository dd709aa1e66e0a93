import { Duration, Validations } from 'aws-cdk-lib';
import { type IAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ILambdaDeploymentConfig,
  type LambdaApplication,
  LambdaDeploymentConfig,
  LambdaDeploymentGroup,
} from 'aws-cdk-lib/aws-codedeploy';
import { Construct } from 'constructs';
import type { AlarmRule } from '../alarms.ts';
import type { HandlerFunction } from './handler-function.ts';
import type { Monitoring } from './monitoring.ts';

/** How traffic moves to a new version. */
export type DeployStrategy =
  | 'all-at-once'
  | 'canary-10-percent-5-minutes'
  | 'linear-10-percent-1-minute';

const configs: Readonly<Record<DeployStrategy, ILambdaDeploymentConfig>> = {
  'all-at-once': LambdaDeploymentConfig.ALL_AT_ONCE,
  'canary-10-percent-5-minutes': LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
  'linear-10-percent-1-minute': LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTE,
};

export interface SafeDeploymentProps {
  readonly application: LambdaApplication;
  readonly strategy: DeployStrategy;
  readonly monitoring: Monitoring;
  /** Of the new version alone: the alias's totals would dilute a canary's tenth. */
  readonly alarms: { readonly errors: AlarmRule; readonly latency: AlarmRule };
  /** Alarms of the whole stage that also turn a deployment back. */
  readonly stageAlarms: readonly IAlarm[];
}

/** CodeDeploy moves the alias of a function to its new version, and back when an alarm fires. */
export class SafeDeployment extends Construct {
  constructor(scope: Construct, id: string, handler: HandlerFunction, props: SafeDeploymentProps) {
    super(scope, id);
    const { alarms, monitoring } = props;
    const metric = (metricName: string, statistic: string): Metric =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        statistic,
        period: Duration.minutes(1),
        dimensionsMap: {
          FunctionName: handler.functionName,
          Resource: `${handler.functionName}:${handler.alias.aliasName}`,
          ExecutedVersion: handler.version,
        },
      });
    const group = new LambdaDeploymentGroup(this, 'Group', {
      application: props.application,
      alias: handler.alias,
      deploymentConfig: configs[props.strategy],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
      alarms: [
        monitoring.alarm(this, 'Errors', alarms.errors, metric('Errors', 'Sum')),
        monitoring.alarm(this, 'Latency', alarms.latency, metric('Duration', 'p99')),
        ...props.stageAlarms,
      ],
    });
    Validations.of(group).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
      reason:
        'The managed policy made for CodeDeploy on Lambda; it follows what the service needs.',
    });
  }
}
