import { Duration, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  FunctionEventType,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginRequestPolicy,
  type PriceClass,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import { type ApiOriginProps, createApiOrigin } from '../constructs/api-origin.ts';
import { EdgeFunction } from '../constructs/edge-function.ts';
import {
  createRedirectCachePolicy,
  createRedirectOriginPolicy,
  createSecurityHeaders,
} from '../constructs/edge-policies.ts';

export interface EdgeProps {
  readonly origin: ApiOriginProps;
  readonly priceClass: PriceClass;
  /** @default the name that CloudFront gives */
  readonly domain?: { readonly names: readonly string[]; readonly certificateArn: string };
  readonly comment: string;
}

const apiPaths = ['/v1', '/v1/*', '/health', '/health/detailed', '/openapi.json'];

/** One distribution before the HTTP API: everything that is not the API's is a redirect. */
export class Edge extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, props: EdgeProps) {
    super(scope, id);
    const api = this.createApiBehavior(props);
    this.distribution = new Distribution(this, 'Distribution', {
      comment: props.comment,
      defaultBehavior: this.createRedirectBehavior(api),
      additionalBehaviors: Object.fromEntries(apiPaths.map((path) => [path, api])),
      // CloudFront keeps an error for ten seconds unless told.
      errorResponses: [500, 502, 503, 504].map((httpStatus) => ({
        httpStatus,
        ttl: Duration.seconds(0),
      })),
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: props.priceClass,
      ...(props.domain !== undefined && {
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
        domainNames: [...props.domain.names],
        certificate: Certificate.fromCertificateArn(
          this,
          'Certificate',
          props.domain.certificateArn,
        ),
      }),
    });
    this.explainFindings(props);
  }

  private createApiBehavior({ origin }: EdgeProps): BehaviorOptions {
    const viewerRequest = new EdgeFunction(this, 'ViewerRequest', {
      entry: 'functions/edge/viewer-request.ts',
      comment: 'Tells the origin who asked for what',
    });
    return {
      origin: createApiOrigin(origin),
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      responseHeadersPolicy: createSecurityHeaders(this, 'ApiHeaders', {
        referrerPolicy: HeadersReferrerPolicy.NO_REFERRER,
      }),
      functionAssociations: [
        { eventType: FunctionEventType.VIEWER_REQUEST, function: viewerRequest },
      ],
    };
  }

  private createRedirectBehavior(api: BehaviorOptions): BehaviorOptions {
    const viewerResponse = new EdgeFunction(this, 'ViewerResponse', {
      entry: 'functions/edge/viewer-response.ts',
      comment: 'Keeps redirects out of every cache but this one',
    });
    return {
      ...api,
      // A printed or typed address comes as plain HTTP first.
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      compress: false,
      cachePolicy: createRedirectCachePolicy(this),
      originRequestPolicy: createRedirectOriginPolicy(this),
      responseHeadersPolicy: createSecurityHeaders(this, 'RedirectHeaders'),
      functionAssociations: [
        ...(api.functionAssociations ?? []),
        { eventType: FunctionEventType.VIEWER_RESPONSE, function: viewerResponse },
      ],
    };
  }

  private explainFindings({ domain }: EdgeProps): void {
    const reasons = {
      CFR1: 'Links are for the whole world.',
      CFR2: 'A web ACL costs more than the service itself: an option, off by default.',
      CFR3: 'Clicks are counted at the origin while nothing is cached; the access log comes with caching.',
      ...(domain === undefined && {
        CFR4: "CloudFront's own name allows no choice of TLS version; a domain of one's own gets TLS 1.2.",
      }),
    };
    for (const [rule, reason] of Object.entries(reasons)) {
      Validations.of(this.distribution).acknowledge({ id: `AwsSolutions-${rule}`, reason });
    }
  }
}
