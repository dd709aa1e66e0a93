import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { AppConfig } from '../config.ts';
import { DeadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { HttpApi } from '../constructs/http-api.ts';
import { Monitoring } from '../constructs/monitoring.ts';
import { ApiAccess } from '../features/access.ts';
import { Alarms } from '../features/alarms.ts';
import { Analytics } from '../features/analytics.ts';
import { Deployments } from '../features/deployments.ts';
import { Health } from '../features/health.ts';
import { Limits } from '../features/limits.ts';
import { Links } from '../features/links.ts';
import { originSecretValue } from '../features/secrets.ts';
import type { Tables } from '../features/tables.ts';

export interface ServiceStackProps extends StackProps {
  readonly config: AppConfig;
  readonly tables: Tables;
  readonly codeKey: Secret;
}

/** What runs: functions, the HTTP API, queues, alarms and deployments. */
export class ServiceStack extends Stack {
  readonly apiId: string;

  constructor(scope: Construct, id: string, stackProps: ServiceStackProps) {
    const { codeKey, config, tables, ...props } = stackProps;
    super(scope, id, props);
    const { logRetention, originLock, reservedConcurrency, retain, stage, tracing } = config;
    const metricsNamespace = `Hopgate/${stage}`;
    const defaults = { logRetention, metricsNamespace, reservedConcurrency, retain, tracing };
    const api = new HttpApi(this, 'HttpApi', {
      description: `Hopgate ${stage}`,
      throttle: config.throttle,
      logRetention,
      retain,
    });
    const generations = [originLock.current, originLock.previous ?? []].flat();
    const access = new ApiAccess({
      stage,
      originSecrets: generations.map((name) => originSecretValue(stage, name)).join(','),
      control: tables.control,
      limits: tables.limits,
      policies: config.limits,
    });
    const streamDeadLetters = new DeadLetterQueue(this, 'StreamDlq');
    const shared = { access, api, deadLetters: streamDeadLetters, defaults, tables };
    const analytics = new Analytics(this, 'Analytics', {
      ...shared,
      concurrency: config.clickConcurrency,
    });
    const { clickDeadLetters, clicks } = analytics;
    const settings = { links: config.links, redirect: config.redirect };
    const links = new Links(this, 'Links', { ...shared, clicks, codeKey, settings });
    const limits = new Limits(this, 'Limits', shared);
    new Health(this, 'Health', { ...shared, clicks });
    const monitoring = new Monitoring(this, 'Monitoring');
    const watched = { analytics, limits, links, monitoring, rules: config.alarms };
    const { rollback } = new Alarms(this, 'Alarms', {
      ...watched,
      api,
      metricsNamespace,
      streamDeadLetters,
      burnRates: !config.emulator,
    });
    if (!config.emulator) {
      const strategies = config.deploy;
      new Deployments(this, 'Deployments', { ...watched, stageAlarms: rollback, strategies });
    }
    this.apiId = api.apiId;
    const outputs = {
      ApiUrl: api.url,
      ClickQueueUrl: clicks.queueUrl,
      ClickDlqUrl: clickDeadLetters.queueUrl,
      StreamDlqUrl: streamDeadLetters.queueUrl,
      AlarmTopicArn: monitoring.topic.topicArn,
      DashboardName: monitoring.dashboard.dashboardName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
