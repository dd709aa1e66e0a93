import type { ApiEnv } from '../../functions/http/env.ts';
import type { LimitPolicies } from '../../functions/limiter/env.ts';
import type { HandlerFunction } from '../constructs/handler-function.ts';
import type { Table } from '../constructs/table.ts';

export interface ApiAccessProps {
  readonly stage: string;
  /** Comma-separated, the current one first. */
  readonly originSecrets: string;
  readonly control: Table;
  readonly limits: Table;
  readonly policies: LimitPolicies;
}

/** What the API pipeline needs in every function behind it: the origin lock, keys and the limiter. */
export class ApiAccess {
  readonly environment: ApiEnv;
  private readonly props: ApiAccessProps;

  constructor(props: ApiAccessProps) {
    this.props = props;
    this.environment = {
      STAGE: props.stage,
      ORIGIN_SECRETS: props.originSecrets,
      CONTROL_TABLE: props.control.tableName,
      LIMITS_TABLE: props.limits.tableName,
      LIMIT_POLICIES: JSON.stringify(props.policies),
    } satisfies ApiEnv;
  }

  grant(handler: HandlerFunction): void {
    this.props.control.grants.actions(handler, 'dynamodb:GetItem');
    this.props.limits.grants.actions(handler, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }
}
