import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { LimitsApiEnv } from '../../functions/limits/env.ts';
import { limitsRoutes } from '../api-routes.ts';
import { type FunctionDefaults, HandlerFunction } from '../constructs/handler-function.ts';
import type { HttpApi } from '../constructs/http-api.ts';
import type { ApiAccess } from './access.ts';
import type { Tables } from './tables.ts';

export interface LimitsProps {
  readonly api: HttpApi;
  readonly access: ApiAccess;
  readonly tables: Tables;
  readonly defaults: FunctionDefaults;
}

/** Workspaces' own rate limits over HTTP: policies in the control table, charges in the limits'. */
export class Limits extends Construct {
  readonly limitsApi: HandlerFunction;

  constructor(scope: Construct, id: string, { access, api, defaults, tables }: LimitsProps) {
    super(scope, id);
    this.limitsApi = new HandlerFunction(this, 'LimitsApi', {
      entry: 'functions/limits/limits-api.handler.ts',
      description: "Keeps workspaces' rate limits and answers checks of them",
      environment: { ...access.environment } satisfies LimitsApiEnv,
      timeout: Duration.seconds(10),
      memorySize: 1_024,
      defaults,
    });
    access.grant(this.limitsApi);
    const writes = ['PutItem', 'UpdateItem', 'DeleteItem'].map((name) => `dynamodb:${name}`);
    tables.control.grants.actions(this.limitsApi, 'dynamodb:Query', ...writes);
    tables.limits.grants.actions(this.limitsApi, 'dynamodb:DeleteItem');
    api.addRoutes(this.limitsApi, limitsRoutes);
  }
}
