import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { HealthApiEnv } from '../../functions/health/env.ts';
import { healthRoutes } from '../api-routes.ts';
import { type FunctionDefaults, HandlerFunction } from '../constructs/handler-function.ts';
import type { HttpApi } from '../constructs/http-api.ts';
import type { ApiAccess } from './access.ts';
import { linkTableNames, type Tables } from './tables.ts';

export interface HealthProps {
  readonly api: HttpApi;
  readonly access: ApiAccess;
  readonly tables: Tables;
  readonly clicks: Queue;
  readonly defaults: FunctionDefaults;
}

/** Says whether the service answers, and in what state what it depends on is. */
export class Health extends Construct {
  constructor(scope: Construct, id: string, props: HealthProps) {
    super(scope, id);
    const { access, clicks, tables } = props;
    const healthApi = new HandlerFunction(this, 'HealthApi', {
      entry: 'functions/health/health-api.handler.ts',
      description: 'Reports the health of the service and its dependencies',
      environment: {
        ...access.environment,
        LINK_TABLES: linkTableNames(tables.links),
        INDEX_TABLE: tables.linkIndex.tableName,
        SEGMENTS_TABLE: tables.segments.tableName,
        COUNTS_TABLE: tables.counts.tableName,
        CLICK_QUEUE_URL: clicks.queueUrl,
      } satisfies HealthApiEnv,
      timeout: Duration.seconds(10),
      defaults: props.defaults,
    });
    access.grant(healthApi);
    const probed = [...tables.links, tables.linkIndex, tables.segments, tables.counts];
    for (const table of probed) table.grants.actions(healthApi, 'dynamodb:GetItem');
    clicks.grant(healthApi, 'sqs:GetQueueAttributes');
    props.api.addRoutes(healthApi, healthRoutes);
  }
}
