import { Duration } from 'aws-cdk-lib';
import { type IOrigin, OriginProtocolPolicy, OriginSslPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';

export interface ApiOriginProps {
  /** Host name of the HTTP API. */
  readonly domain: string;
  /** Proves to the origin that a request came through the distribution. */
  readonly secret: string;
}

/** The HTTP API as an origin: TLS 1.2 only, and locked, for API Gateway has no origin access control. */
export const createApiOrigin = ({ domain, secret }: ApiOriginProps): IOrigin =>
  new HttpOrigin(domain, {
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    readTimeout: Duration.seconds(30),
    keepaliveTimeout: Duration.seconds(60),
    connectionAttempts: 2,
    connectionTimeout: Duration.seconds(3),
    customHeaders: { 'x-hop-origin': secret },
  });
