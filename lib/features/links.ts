import { Duration } from 'aws-cdk-lib';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type {
  LinkProjectorEnv,
  LinkSettings,
  LinksApiEnv,
  RedirectEnv,
  RedirectSettings,
} from '../../functions/links/env.ts';
import { fallbackRoutes, linksRoutes } from '../api-routes.ts';
import { type FunctionDefaults, HandlerFunction } from '../constructs/handler-function.ts';
import type { HttpApi } from '../constructs/http-api.ts';
import { consumeStream } from '../constructs/stream-consumer.ts';
import type { ApiAccess } from './access.ts';
import { linkTableNames, type Tables } from './tables.ts';

export interface LinksProps {
  readonly api: HttpApi;
  readonly access: ApiAccess;
  readonly tables: Tables;
  readonly codeKey: Secret;
  readonly clicks: Queue;
  /** Takes what the projection had to give up. */
  readonly deadLetters: Queue;
  readonly settings: { readonly links: LinkSettings; readonly redirect: RedirectSettings };
  readonly defaults: FunctionDefaults;
}

/** Following links, managing them, and their listing. */
export class Links extends Construct {
  readonly redirect: HandlerFunction;
  readonly linksApi: HandlerFunction;
  readonly projector: HandlerFunction;

  constructor(scope: Construct, id: string, props: LinksProps) {
    super(scope, id);
    this.redirect = this.addRedirect(props);
    this.linksApi = this.addApi(props);
    this.projector = this.addProjector(props);
  }

  private addRedirect({ access, api, clicks, defaults, settings, tables }: LinksProps) {
    const redirect = new HandlerFunction(this, 'Redirect', {
      entry: 'functions/links/redirect.handler.ts',
      description: 'Follows a link and publishes its click',
      environment: {
        STAGE: access.environment.STAGE,
        ORIGIN_SECRETS: access.environment.ORIGIN_SECRETS,
        LINK_TABLES: linkTableNames(tables.links),
        CONTROL_TABLE: tables.control.tableName,
        CLICK_QUEUE_URL: clicks.queueUrl,
        REDIRECT_SETTINGS: JSON.stringify(settings.redirect),
      } satisfies RedirectEnv,
      timeout: Duration.seconds(5),
      memorySize: 1_024,
      logLevel: 'WARN',
      defaults,
    });
    for (const table of tables.links) table.grants.actions(redirect, 'dynamodb:GetItem');
    tables.control.grants.actions(redirect, 'dynamodb:GetItem');
    clicks.grant(redirect, 'sqs:SendMessage');
    api.addDefaultRoute(redirect);
    return redirect;
  }

  private addApi({ access, api, codeKey, defaults, settings, tables }: LinksProps) {
    const linksApi = new HandlerFunction(this, 'LinksApi', {
      entry: 'functions/links/links-api.handler.ts',
      description: 'Creates, reads, lists, changes and deletes links',
      environment: {
        ...access.environment,
        LINK_TABLES: linkTableNames(tables.links),
        INDEX_TABLE: tables.linkIndex.tableName,
        CODE_KEY: codeKey.secretValue.unsafeUnwrap(),
        LINK_SETTINGS: JSON.stringify(settings.links),
      } satisfies LinksApiEnv,
      timeout: Duration.seconds(10),
      defaults,
    });
    access.grant(linksApi);
    const actions = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];
    for (const table of tables.links) table.grants.actions(linksApi, ...actions);
    tables.linkIndex.grants.actions(linksApi, 'dynamodb:Query');
    api.addRoutes(linksApi, [...linksRoutes, ...fallbackRoutes]);
    return linksApi;
  }

  private addProjector({ access, deadLetters, defaults, tables }: LinksProps) {
    const projector = new HandlerFunction(this, 'LinkProjector', {
      entry: 'functions/links/project-links.handler.ts',
      description: 'Keeps the link index in step with the links',
      environment: {
        STAGE: access.environment.STAGE,
        INDEX_TABLE: tables.linkIndex.tableName,
      } satisfies LinkProjectorEnv,
      timeout: Duration.seconds(30),
      defaults,
    });
    tables.linkIndex.grants.actions(projector, 'dynamodb:PutItem');
    for (const table of tables.links) {
      const window = Duration.seconds(0);
      consumeStream(projector, table, { batchSize: 100, window, retryAttempts: 50, deadLetters });
    }
    return projector;
  }
}
