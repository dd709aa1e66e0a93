import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ClickConsumerEnv, CompactorEnv, StatsApiEnv } from '../../functions/analytics/env.ts';
import { statsRoutes } from '../api-routes.ts';
import { DeadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { type FunctionDefaults, HandlerFunction } from '../constructs/handler-function.ts';
import type { HttpApi } from '../constructs/http-api.ts';
import { ConsumedQueue, consumeQueue } from '../constructs/queue-consumer.ts';
import { consumeStream } from '../constructs/stream-consumer.ts';
import type { ApiAccess } from './access.ts';
import { linkTableNames, type Tables } from './tables.ts';

export interface AnalyticsProps {
  readonly api: HttpApi;
  readonly access: ApiAccess;
  readonly tables: Tables;
  /** Takes what the compaction had to give up. */
  readonly deadLetters: DeadLetterQueue;
  /** Click consumers at the same time, at least 2. */
  readonly concurrency: number;
  readonly defaults: FunctionDefaults;
}

const consumerTimeout = Duration.seconds(30);

/** From a click to a number: queue, segments, counts, and the route that answers them. */
export class Analytics extends Construct {
  readonly clicks: ConsumedQueue;
  readonly clickDeadLetters: DeadLetterQueue;
  readonly compactor: HandlerFunction;
  readonly statsApi: HandlerFunction;

  constructor(scope: Construct, id: string, props: AnalyticsProps) {
    super(scope, id);
    this.clickDeadLetters = new DeadLetterQueue(this, 'ClickDlq');
    this.clicks = new ConsumedQueue(this, 'ClickQueue', {
      consumerTimeout,
      deadLetters: this.clickDeadLetters,
    });
    this.addConsumer(props);
    this.compactor = this.addCompactor(props);
    this.statsApi = this.addApi(props);
  }

  private addConsumer({ access, concurrency, defaults, tables }: AnalyticsProps): void {
    const consumer = new HandlerFunction(this, 'ClickConsumer', {
      entry: 'functions/analytics/consume-clicks.handler.ts',
      description: 'Appends batches of clicks as segments',
      environment: {
        STAGE: access.environment.STAGE,
        SEGMENTS_TABLE: tables.segments.tableName,
      } satisfies ClickConsumerEnv,
      timeout: consumerTimeout,
      defaults,
    });
    tables.segments.grants.actions(consumer, 'dynamodb:PutItem');
    consumeQueue(consumer, this.clicks, {
      batchSize: 1_000,
      window: Duration.seconds(5),
      maxConcurrency: concurrency,
    });
  }

  private addCompactor({ access, deadLetters, defaults, tables }: AnalyticsProps) {
    const compactor = new HandlerFunction(this, 'Compactor', {
      entry: 'functions/analytics/compact.handler.ts',
      description: 'Turns segments into absolute counts',
      environment: {
        STAGE: access.environment.STAGE,
        SEGMENTS_TABLE: tables.segments.tableName,
        COUNTS_TABLE: tables.counts.tableName,
      } satisfies CompactorEnv,
      timeout: Duration.seconds(60),
      memorySize: 1_024,
      defaults,
    });
    tables.segments.grants.actions(compactor, 'dynamodb:Query');
    const actions = ['GetItem', 'Query', 'PutItem', 'UpdateItem'].map((name) => `dynamodb:${name}`);
    tables.counts.grants.actions(compactor, ...actions);
    consumeStream(compactor, tables.segments, {
      batchSize: 1_000,
      window: Duration.seconds(2),
      retryAttempts: 50,
      deadLetters,
    });
    return compactor;
  }

  private addApi({ access, api, defaults, tables }: AnalyticsProps) {
    const statsApi = new HandlerFunction(this, 'StatsApi', {
      entry: 'functions/analytics/stats-api.handler.ts',
      description: 'Answers what a link was clicked',
      environment: {
        ...access.environment,
        LINK_TABLES: linkTableNames(tables.links),
        COUNTS_TABLE: tables.counts.tableName,
      } satisfies StatsApiEnv,
      timeout: Duration.seconds(10),
      defaults,
    });
    access.grant(statsApi);
    for (const table of tables.links) table.grants.actions(statsApi, 'dynamodb:GetItem');
    tables.counts.grants.actions(statsApi, 'dynamodb:GetItem', 'dynamodb:Query');
    api.addRoutes(statsApi, statsRoutes);
    return statsApi;
  }
}
