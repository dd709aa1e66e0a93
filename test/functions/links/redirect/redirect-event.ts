import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { formatViewer } from '../../../../functions/edge/viewer.ts';

export interface RedirectEventOptions {
  readonly method?: string;
  readonly kind?: string;
  readonly ip?: string;
  readonly requestId?: string;
  readonly seenAt?: number;
  /** Merged over what CloudFront sends; undefined removes a header. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

const browserAgent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

/** The event of a request as CloudFront and API Gateway hand it on: HTTP API, payload 2.0. */
export const redirectEvent = (
  path: string,
  {
    method = 'GET',
    kind = 'page',
    ip = '203.0.113.9',
    requestId = 'Viewer-Request-1==',
    seenAt = Date.UTC(2026, 0, 1),
    headers = {},
  }: RedirectEventOptions = {},
): APIGatewayProxyEventV2 => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: path,
  rawQueryString: '',
  headers: {
    'content-length': '0',
    host: 'abc123.execute-api.eu-central-1.amazonaws.com',
    'user-agent': browserAgent,
    via: '2.0 0123.cloudfront.net (CloudFront)',
    'x-amz-cf-id': 'cf-id',
    'x-amzn-trace-id': 'Root=1-695a',
    'x-forwarded-for': `${ip}, 198.51.100.7`,
    'x-forwarded-host': 'go.example.com',
    'x-forwarded-port': '443',
    'x-forwarded-proto': 'https',
    'x-hop-origin': 'current-secret',
    'x-hop-kind': kind,
    'x-hop-viewer': formatViewer({ host: 'go.example.com', path, requestId, ip, seenAt }),
    'cloudfront-viewer-country': 'DE',
    'cloudfront-viewer-country-region': 'BE',
    'cloudfront-viewer-city': 'Berlin',
    'cloudfront-viewer-asn': '3320',
    ...headers,
  } as Record<string, string>,
  requestContext: {
    accountId: '123456789012',
    apiId: 'abc123',
    domainName: 'abc123.execute-api.eu-central-1.amazonaws.com',
    domainPrefix: 'abc123',
    http: {
      method,
      path,
      protocol: 'HTTP/1.1',
      sourceIp: '198.51.100.7',
      userAgent: browserAgent,
    },
    requestId: 'Gateway-Request-1=',
    routeKey: '$default',
    stage: '$default',
    time: '01/Jan/2026:00:00:00 +0000',
    timeEpoch: Date.UTC(2026, 0, 1),
  },
  isBase64Encoded: false,
});
