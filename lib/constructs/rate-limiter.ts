import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import {
  definePolicies,
  metricsNamespace,
  type PolicyTable,
} from '../../functions/limiter/entry/construct-contract.ts';
import type { LimiterEnv, LimiterMetric } from '../../functions/limiter/entry/env.ts';
import { Table } from './table.ts';

export type { LimiterMetric, PolicyTable };

export interface RateLimiterProps {
  /** By name: what `definePolicy` takes, checked at synth. */
  readonly policies: PolicyTable;
  /**
   * Keyed by `pk`, a string, with its TTL on `ttl`. Limiters that share one share the counts of
   * policies of the same name. @default a table of its own, on demand
   */
  readonly table?: ITable;
  /**
   * The table is protected from deletion and outlives the stack. It holds nothing but counts:
   * without it everybody's limits start afresh. @default false
   */
  readonly retain?: boolean;
}

/** What the limiter's store does; it needs neither scans nor queries, and puts no items. */
const actions = ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];

/** Lambda takes 4 KB of environment in all: this leaves room for the function's own. */
const mostBytes = 3000;

const limiters = new WeakMap<LambdaFunction, RateLimiter>();

/** A table for limits, and what a function needs to charge them by `limiterFromEnvironment`. */
export class RateLimiter extends Construct {
  readonly table: ITable;
  private readonly policies: string;

  /** @throws Error that names each refused field: `policies.login.limits[0].limit: must be …` */
  constructor(scope: Construct, id: string, { policies, table, retain }: RateLimiterProps) {
    super(scope, id);
    definePolicies(policies);
    if (table !== undefined && retain !== undefined) {
      throw new Error(
        `${this.node.path}: "retain" is for a table of its own, and "table" is given`,
      );
    }
    this.policies = JSON.stringify(policies);
    if (Buffer.byteLength(this.policies) > mostBytes) {
      const size = `${Buffer.byteLength(this.policies)} bytes as JSON`;
      throw new Error(`${this.node.path}: policies have ${size}, at most ${mostBytes} fit`);
    }
    this.table = table ?? new Table(this, 'Table', { expiring: true, retain: retain ?? false });
  }

  /**
   * Lets a function charge these limits: grants and environment.
   * @throws Error for a function that another RateLimiter protects already
   */
  protect(fn: LambdaFunction): this {
    const other = limiters.get(fn);
    if (other !== undefined && other !== this) {
      const paths = `${other.node.path} protects ${fn.node.path} already`;
      throw new Error(`${paths}: put the policies of ${this.node.path} there`);
    }
    limiters.set(fn, this);
    this.table.grant(fn, ...actions);
    this.table.encryptionKey?.grantEncryptDecrypt(fn);
    const environment: LimiterEnv = {
      HOPGATE_LIMITS_TABLE: this.table.tableName,
      HOPGATE_LIMIT_POLICIES: this.policies,
    };
    for (const [name, value] of Object.entries(environment)) fn.addEnvironment(name, value);
    return this;
  }

  /** How often something happened, of one policy or of all. @default the sum of 5 minutes */
  metric(metricName: LimiterMetric, policy?: string, options: MetricOptions = {}): Metric {
    const table = this.table.tableName;
    return new Metric({
      namespace: metricsNamespace,
      metricName,
      dimensionsMap: policy === undefined ? { table } : { table, policy },
      statistic: 'Sum',
      period: Duration.minutes(5),
      ...options,
    });
  }

  /** Requests that were refused because a limit was used up. */
  metricDenied(policy?: string, options?: MetricOptions): Metric {
    return this.metric('LimiterDenied', policy, options);
  }

  /** Decisions without the table, which did not answer in time: worth an alarm. */
  metricFailedOpen(policy?: string, options?: MetricOptions): Metric {
    return this.metric('LimiterFailedOpen', policy, options);
  }
}
