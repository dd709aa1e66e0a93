import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi as GatewayHttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { HandlerFunction } from './handler-function.ts';

export interface HttpApiProps {
  readonly description: string;
  /** Requests a second that the whole API takes, and its burst. */
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  readonly logRetention: RetentionDays;
  /** The access log outlives the stack. */
  readonly retain: boolean;
}

/** `POST /v1/links`; `ANY` stands for every method. */
export type RouteKey = `${keyof typeof HttpMethod} /${string}`;

/** Neither an address nor an agent: the access log must not hold personal data. */
const accessLogFields = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationStatus: '$context.integrationStatus',
  error: '$context.integrationErrorMessage',
  bytes: '$context.responseLength',
};

/** One HTTP API with a `$default` stage, an access log and a throttle. */
export class HttpApi extends Construct {
  private readonly api: GatewayHttpApi;
  private readonly stage: HttpStage;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention,
      removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.api = new GatewayHttpApi(this, 'Api', {
      description: props.description,
      createDefaultStage: false,
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: props.throttle.ratePerSecond, burstLimit: props.throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
    });
  }

  get apiId(): string {
    return this.api.apiId;
  }

  get url(): string {
    return this.api.apiEndpoint;
  }

  metric(
    metricName: 'Count' | '4xx' | '5xx' | 'Latency',
    statistic: string,
    period = Duration.minutes(1),
  ): Metric {
    return this.stage.metric(metricName, { statistic, period });
  }

  /** Sends `routes` to the function's alias. */
  addRoutes(handler: HandlerFunction, routes: readonly RouteKey[]): void {
    const integration = this.integrate(handler);
    for (const key of routes) {
      const [method, path = ''] = key.split(' ');
      const routeKey = HttpRouteKey.with(path, HttpMethod[method as keyof typeof HttpMethod]);
      this.addRoute(key, routeKey, integration);
    }
  }

  /** Sends whatever no other route takes to the function's alias. */
  addDefaultRoute(handler: HandlerFunction): void {
    this.addRoute('$default', HttpRouteKey.DEFAULT, this.integrate(handler));
  }

  private integrate(handler: HandlerFunction): HttpLambdaIntegration {
    // One permission a function; one a route would fill the function's policy at about 20 routes.
    return new HttpLambdaIntegration(handler.node.id, handler.alias, {
      scopePermissionToRoute: false,
    });
  }

  private addRoute(id: string, routeKey: HttpRouteKey, integration: HttpLambdaIntegration): void {
    const route = new HttpRoute(this, id, { httpApi: this.api, routeKey, integration });
    Validations.of(route).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'The pipeline in the function checks the origin lock and the API key; links are public.',
    });
  }
}
