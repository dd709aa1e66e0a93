import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';

export interface EventOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** An HTTP API event, payload format 2.0, as API Gateway documents it. */
export const gatewayEvent = ({
  method = 'GET',
  path = '/',
  headers = {},
  query,
  body,
  isBase64Encoded = false,
}: EventOptions): APIGatewayProxyEventV2 => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: path,
  rawQueryString: new URLSearchParams(query).toString(),
  headers: { ...headers },
  ...(query && { queryStringParameters: { ...query } }),
  requestContext: {
    accountId: '000000000000',
    apiId: 'api',
    domainName: 'api.execute-api.eu-central-1.amazonaws.com',
    domainPrefix: 'api',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.7', userAgent: 'test' },
    requestId: 'gateway-request-id',
    routeKey: '$default',
    stage: '$default',
    time: '01/Jan/2026:00:00:00 +0000',
    timeEpoch: Date.UTC(2026, 0, 1),
  },
  ...(body !== undefined && { body }),
  isBase64Encoded,
});

export const lambdaContext = {
  awsRequestId: 'lambda-request-id',
  functionName: 'test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:test:live',
  memoryLimitInMB: '256',
  getRemainingTimeInMillis: () => 3000,
} as unknown as Context;
