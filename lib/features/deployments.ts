import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication } from 'aws-cdk-lib/aws-codedeploy';
import { Construct } from 'constructs';
import type { AlarmName, AlarmRule } from '../alarms.ts';
import type { Monitoring } from '../constructs/monitoring.ts';
import { type DeployStrategy, SafeDeployment } from '../constructs/safe-deployment.ts';
import type { Analytics } from './analytics.ts';
import type { Limits } from './limits.ts';
import type { Links } from './links.ts';

export interface DeploymentsProps {
  readonly links: Links;
  readonly analytics: Analytics;
  readonly limits: Limits;
  readonly monitoring: Monitoring;
  readonly rules: Readonly<Record<AlarmName, AlarmRule>>;
  /** Alarms of the whole stage that turn a deployment back. */
  readonly stageAlarms: readonly IAlarm[];
  readonly strategies: { readonly redirect: DeployStrategy; readonly api: DeployStrategy };
}

/** Moves traffic step by step where callers would notice; every other alias moves at once. */
export class Deployments extends Construct {
  constructor(scope: Construct, id: string, props: DeploymentsProps) {
    super(scope, id);
    const { analytics, limits, links, monitoring, rules, stageAlarms, strategies } = props;
    const application = new LambdaApplication(this, 'Application');
    const common = { application, monitoring, stageAlarms };
    new SafeDeployment(this, 'Redirect', links.redirect, {
      ...common,
      strategy: strategies.redirect,
      alarms: { errors: rules.redirectErrors, latency: rules.redirectLatency },
    });
    for (const handler of [links.linksApi, analytics.statsApi, limits.limitsApi]) {
      new SafeDeployment(this, handler.node.id, handler, {
        ...common,
        strategy: strategies.api,
        alarms: { errors: rules.apiErrors, latency: rules.apiLatency },
      });
    }
  }
}
