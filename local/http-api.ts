import type { Clock } from '../functions/kernel/clock.ts';
import { type CorsConfiguration, createCors } from './http-api/cors.ts';
import {
  decodePath,
  internalError,
  message,
  type OriginRequest,
  type OriginResponse,
  toEvent,
  toResponse,
} from './http-api/event.ts';
import { createRouter, type Route } from './http-api/routes.ts';
import type { Outcome } from './lambda.ts';
import { UnsupportedError } from './template/unsupported-error.ts';
import type { Assembly, Resource } from './template.ts';

export type { OriginRequest, OriginResponse } from './http-api/event.ts';

export interface HttpApi {
  /** The host that CloudFront reaches it by. */
  readonly domainName: string;
  readonly routes: readonly Route[];
  handle(request: OriginRequest): Promise<OriginResponse>;
}

export interface HttpApiSpec {
  readonly id: string;
  readonly domainName: string;
  readonly routes: readonly Route[];
  readonly throttle?: { readonly ratePerSecond: number; readonly burst: number };
  readonly cors?: CorsConfiguration;
}

const bodyLimitBytes = 10 * 1024 * 1024;
/** What Lambda takes in one synchronous event; base64 makes a third more of a body. */
const eventLimitBytes = 6 * 1024 * 1024;
const headerLimitBytes = 10_240;
const integrationLimitMs = 30_000;

const readIntegration = (resource: Resource, permissions: readonly Resource[], apiArn: string) => {
  const { IntegrationType, IntegrationUri, PayloadFormatVersion, TimeoutInMillis } =
    resource.properties;
  if (IntegrationType !== 'AWS_PROXY' || PayloadFormatVersion !== '2.0') {
    throw new UnsupportedError(resource, `${IntegrationType} ${PayloadFormatVersion}`);
  }
  const target = String(IntegrationUri);
  const isPermitted = permissions.some(
    ({ properties }) =>
      properties.Principal === 'apigateway.amazonaws.com' &&
      properties.FunctionName === target &&
      String(properties.SourceArn ?? apiArn).startsWith(apiArn),
  );
  if (!isPermitted) throw new UnsupportedError(resource, `no permission to invoke ${target}`);
  return { target, timeoutMs: Number(TimeoutInMillis ?? integrationLimitMs) };
};

/** @throws UnsupportedError where the template has not exactly one API with a `$default` stage */
export const readHttpApi = (assembly: Assembly): HttpApiSpec => {
  const [api, another] = assembly.ofType('AWS::ApiGatewayV2::Api');
  const [stage, anotherStage] = assembly.ofType('AWS::ApiGatewayV2::Stage');
  if (api === undefined || stage === undefined) throw new Error('The template has no HTTP API');
  if (another) throw new UnsupportedError(another, 'a second API');
  if (anotherStage) throw new UnsupportedError(anotherStage, 'a second stage');
  if (api.properties.ProtocolType !== 'HTTP') throw new UnsupportedError(api, 'not HTTP');
  if (stage.ref !== '$default') throw new UnsupportedError(stage, `stage ${stage.ref}`);
  const permissions = assembly.ofType('AWS::Lambda::Permission');
  const apiArn = `arn:aws:execute-api:${api.region}:000000000000:${api.ref}/`;
  const integrations = new Map(
    assembly
      .ofType('AWS::ApiGatewayV2::Integration')
      .map((each) => [`integrations/${each.ref}`, readIntegration(each, permissions, apiArn)]),
  );
  const routes = assembly.ofType('AWS::ApiGatewayV2::Route').map((route) => {
    const { AuthorizationType = 'NONE', RouteKey, Target } = route.properties;
    const integration = integrations.get(String(Target));
    if (integration === undefined) throw new UnsupportedError(route, `Target ${Target}`);
    if (AuthorizationType !== 'NONE') throw new UnsupportedError(route, String(AuthorizationType));
    return { key: String(RouteKey), ...integration };
  });
  const { ThrottlingRateLimit, ThrottlingBurstLimit } = (stage.properties.DefaultRouteSettings ??
    {}) as Record<string, number>;
  const cors = api.properties.CorsConfiguration as CorsConfiguration | undefined;
  return {
    id: api.ref,
    domainName: new URL(api.attributes.ApiEndpoint ?? '').host,
    routes,
    ...(ThrottlingRateLimit !== undefined && {
      throttle: {
        ratePerSecond: ThrottlingRateLimit,
        burst: ThrottlingBurstLimit ?? ThrottlingRateLimit,
      },
    }),
    ...(cors && { cors }),
  };
};

/** A token bucket a route, as a stage's default settings give every route its own. */
const createThrottle = ({ throttle }: HttpApiSpec, clock: Clock) => {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (routeKey: string): boolean => {
    if (throttle === undefined) return true;
    const now = clock.now();
    const { tokens, at } = buckets.get(routeKey) ?? { tokens: throttle.burst, at: now };
    const refilled = tokens + ((now - at) / 1000) * throttle.ratePerSecond;
    const available = Math.min(throttle.burst, refilled);
    const isFree = available >= 1;
    buckets.set(routeKey, { tokens: isFree ? available - 1 : available, at: now });
    return isFree;
  };
};

const headerBytes = ({ headers, method, path, query }: OriginRequest): number => {
  let bytes = method.length + path.length + query.length;
  for (const [name, values] of Object.entries(headers)) {
    for (const value of values) bytes += name.length + value.length;
  }
  return bytes;
};

const withTimeout = async <T>(work: Promise<T>, limitMs: number): Promise<T | undefined> => {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), limitMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};

/** API Gateway's HTTP API: one stage, Lambda integrations of payload format 2.0. */
export const createHttpApi = (
  spec: HttpApiSpec,
  deps: {
    readonly invoke: (target: string, event: unknown) => Promise<Outcome>;
    readonly clock: Clock;
  },
): HttpApi => {
  const findRoute = createRouter(spec.routes);
  const cors = createCors(spec.cors);
  const isWithinRate = createThrottle(spec, deps.clock);

  const answer = async (request: OriginRequest): Promise<OriginResponse> => {
    if (headerBytes(request) > headerLimitBytes) {
      return message(431, 'Request Header Fields Too Large');
    }
    if (request.body.byteLength > bodyLimitBytes) return message(413, 'Request Entity Too Large');
    const path = decodePath(request.path);
    if (path === undefined) return message(400, 'Bad Request');
    const match = findRoute(request.method, path);
    if (match === undefined) return message(404, 'Not Found');
    const { key, target, timeoutMs } = match.route;
    if (!isWithinRate(key)) return message(429, 'Too Many Requests');
    const event = toEvent(request, match, spec, deps.clock.now());
    if ((event.body?.length ?? 0) > eventLimitBytes) {
      return message(413, 'Request Entity Too Large');
    }
    const outcome = await withTimeout(deps.invoke(target, event), timeoutMs);
    if (outcome === undefined) return message(503, 'Service Unavailable');
    if (outcome.ok) return toResponse(outcome.payload);
    const isThrottled = outcome.errorType === 'TooManyRequestsException';
    return isThrottled ? message(503, 'Service Unavailable') : internalError();
  };

  return {
    domainName: spec.domainName,
    routes: spec.routes,
    handle: async (request) =>
      cors.preflight(request) ?? cors.decorate(request, await answer(request)),
  };
};
