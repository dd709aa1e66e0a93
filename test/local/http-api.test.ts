import { describe, expect, it, vi } from 'vitest';
import { createHttpApi, type HttpApiSpec, readHttpApi } from '../../local/http-api.ts';
import type { Outcome } from '../../local/lambda.ts';
import { manualClock } from '../support/manual-clock.ts';
import { assemblyOf } from './assembly-fixture.ts';

const spec: HttpApiSpec = {
  id: 'api1',
  domainName: 'api1.execute-api.eu-central-1.amazonaws.com',
  routes: [
    { key: 'GET /v1/links/{id}', target: 'links', timeoutMs: 30_000 },
    { key: '$default', target: 'redirect', timeoutMs: 30_000 },
  ],
};
const request = {
  method: 'GET',
  path: '/v1/links/abc',
  query: '',
  headers: {},
  body: Buffer.alloc(0),
  sourceIp: '192.0.2.1',
};
const ok: Outcome = { ok: true, payload: { statusCode: 200, body: 'ok' } };

const start = (changes: Partial<HttpApiSpec> = {}, outcome: Outcome = ok) => {
  const clock = manualClock();
  const invoke = vi.fn(async (_target: string, _event: unknown) => outcome);
  return { api: createHttpApi({ ...spec, ...changes }, { invoke, clock }), clock, invoke };
};
const textOf = ({ status, body }: { status: number; body: Buffer }) => [status, body.toString()];

describe('createHttpApi', () => {
  it('invokes what the route names with the event and answers its response', async () => {
    const { api, invoke } = start();
    expect(textOf(await api.handle(request))).toEqual([200, 'ok']);
    expect(invoke).toHaveBeenCalledWith(
      'links',
      expect.objectContaining({ routeKey: 'GET /v1/links/{id}', pathParameters: { id: 'abc' } }),
    );
    await api.handle({ ...request, path: '/hello' });
    expect(invoke).toHaveBeenLastCalledWith('redirect', expect.anything());
  });

  it('matches the decoded path', async () => {
    const { api, invoke } = start();
    await api.handle({ ...request, path: '/v1%2Flinks/a%20b' });
    expect(invoke.mock.lastCall?.[1]).toMatchObject({ pathParameters: { id: 'a b' } });
  });

  it.each([
    ['a percent sign alone', { path: '/%' }, 400, 'Bad Request'],
    ['a body above 10 MB', { body: Buffer.alloc(10_485_761) }, 413, 'Request Entity Too Large'],
    [
      'a body above what Lambda takes',
      { body: Buffer.alloc(5_000_000) },
      413,
      'Request Entity Too Large',
    ],
    [
      'headers above 10 KB',
      { headers: { a: ['x'.repeat(10_240)] } },
      431,
      'Request Header Fields Too Large',
    ],
  ])('refuses %s by itself', async (_, changes, status, text) => {
    const { api, invoke } = start();
    const answer = await api.handle({ ...request, ...changes });
    expect(textOf(answer)).toEqual([status, `{"message":"${text}"}`]);
    expect(invoke).not.toHaveBeenCalled();
  });

  it('has no answer of its own to give where no route matches', async () => {
    const { api } = start({ routes: [] });
    expect(textOf(await api.handle(request))).toEqual([404, '{"message":"Not Found"}']);
  });

  it.each([
    ['Error', 500, 'Internal Server Error'],
    ['Sandbox.Timedout', 500, 'Internal Server Error'],
    ['TooManyRequestsException', 503, 'Service Unavailable'],
  ])('answers a function that failed with %s as %i', async (errorType, status, text) => {
    const { api } = start({}, { ok: false, errorType, errorMessage: 'secret' });
    expect(textOf(await api.handle(request))).toEqual([status, `{"message":"${text}"}`]);
  });

  it('gives up on a function after the time limit of its integration', async () => {
    const routes = [{ key: '$default', target: 'redirect', timeoutMs: 0 }];
    const invoke = () => new Promise<Outcome>(() => undefined);
    const api = createHttpApi({ ...spec, routes }, { invoke, clock: manualClock() });
    expect(textOf(await api.handle(request))).toEqual([503, '{"message":"Service Unavailable"}']);
  });

  it('throttles each route at its rate and burst', async () => {
    const { api, clock } = start({ throttle: { ratePerSecond: 2, burst: 3 } });
    const statuses = async (count: number, path = request.path) => {
      const answered: number[] = [];
      for (let n = 0; n < count; n++)
        answered.push((await api.handle({ ...request, path })).status);
      return answered;
    };
    expect(await statuses(4)).toEqual([200, 200, 200, 429]);
    expect(await statuses(1, '/hello')).toEqual([200]);
    clock.advance(500);
    expect(await statuses(2)).toEqual([200, 429]);
    clock.advance(60_000);
    expect(await statuses(4)).toEqual([200, 200, 200, 429]);
  });

  describe('with a CORS configuration', () => {
    const cors = {
      AllowOrigins: ['https://app.example'],
      AllowMethods: ['GET', 'POST'],
      AllowHeaders: ['authorization'],
      MaxAge: 600,
    };
    const from = (origin: string, more: Record<string, string[]> = {}) => ({
      ...request,
      headers: { origin: [origin], ...more },
    });
    const preflight = (origin: string) => ({
      ...from(origin, { 'access-control-request-method': ['POST'] }),
      method: 'OPTIONS',
    });

    it('answers preflights itself', async () => {
      const { api, invoke } = start({ cors });
      const { status, headers } = await api.handle(preflight('https://app.example'));
      expect(status).toBe(204);
      expect(headers).toEqual({
        'access-control-allow-origin': ['https://app.example'],
        'access-control-allow-methods': ['GET,POST'],
        'access-control-allow-headers': ['authorization'],
        'access-control-max-age': ['600'],
      });
      expect((await api.handle(preflight('https://evil.example'))).headers).toEqual({});
      expect(invoke).not.toHaveBeenCalled();
    });

    it("replaces the function's own CORS headers", async () => {
      const headers = { 'access-control-allow-origin': '*', 'x-own': '1' };
      const { api } = start({ cors }, { ok: true, payload: { statusCode: 200, headers } });
      expect((await api.handle(from('https://app.example'))).headers).toEqual({
        'x-own': ['1'],
        'access-control-allow-origin': ['https://app.example'],
      });
      expect((await api.handle(from('https://evil.example'))).headers).toEqual({ 'x-own': ['1'] });
    });
  });

  it('leaves OPTIONS and CORS headers to the function without one', async () => {
    const { api, invoke } = start();
    await api.handle({ ...request, method: 'OPTIONS', headers: { origin: ['https://a.example'] } });
    expect(invoke).toHaveBeenCalledOnce();
  });
});

describe('readHttpApi', () => {
  const target = 'arn:aws:lambda:eu-central-1:000000000000:function:Main-Fn';
  const resources = (permission: Record<string, unknown> = {}) => ({
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: {
        ApiId: { Ref: 'Api' },
        StageName: '$default',
        AutoDeploy: true,
        DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 50 },
      },
    },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: target,
        PayloadFormatVersion: '2.0',
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Api' },
        RouteKey: '$default',
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: target,
        Principal: 'apigateway.amazonaws.com',
        ...permission,
      },
    },
  });

  it('reads routes, targets and the throttle', () => {
    expect(readHttpApi(assemblyOf({ Main: { Resources: resources() } }))).toEqual({
      id: 'api',
      domainName: 'api.execute-api.eu-central-1.amazonaws.com',
      routes: [{ key: '$default', target, timeoutMs: 30_000 }],
      throttle: { ratePerSecond: 100, burst: 50 },
    });
  });

  it.each([
    ['another principal', { Principal: 's3.amazonaws.com' }],
    ['another API', { SourceArn: 'arn:aws:execute-api:eu-central-1:000000000000:other/*/*/*' }],
  ])('stops where only %s may invoke the function, as AWS would answer 500', (_, permission) => {
    const assembly = assemblyOf({ Main: { Resources: resources(permission) } });
    expect(() => readHttpApi(assembly)).toThrow(/Integration: no permission to invoke/);
  });
});
