import { Duration } from 'aws-cdk-lib';
import {
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  HeadersFrameOption,
  type HeadersReferrerPolicy,
  OriginRequestCookieBehavior,
  OriginRequestHeaderBehavior,
  OriginRequestPolicy,
  OriginRequestQueryStringBehavior,
  ResponseHeadersPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';

/** Beyond the cache key's own. CloudFront takes ten; with Host, API Gateway answers 403. */
const originHeaders = [
  'x-hop-viewer',
  'user-agent',
  'referer',
  'accept-language',
  'sec-purpose',
  'cloudfront-viewer-country',
  'cloudfront-viewer-country-region',
  'cloudfront-viewer-city',
  'cloudfront-viewer-asn',
];

/**
 * One object for path, host and kind of reader; how long, the origin says. The longest stay is a day
 * from the start: CloudFront refuses a policy that has headers in its key and may keep nothing.
 */
export const createRedirectCachePolicy = (scope: Construct): CachePolicy =>
  new CachePolicy(scope, 'RedirectCache', {
    comment: 'Path, host and kind of reader',
    headerBehavior: CacheHeaderBehavior.allowList('x-forwarded-host', 'x-hop-kind'),
    queryStringBehavior: CacheQueryStringBehavior.none(),
    cookieBehavior: CacheCookieBehavior.none(),
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: Duration.days(1),
    enableAcceptEncodingGzip: false,
    enableAcceptEncodingBrotli: false,
  });

export const createRedirectOriginPolicy = (scope: Construct): OriginRequestPolicy =>
  new OriginRequestPolicy(scope, 'RedirectOrigin', {
    comment: 'What a redirect and its click need to know',
    headerBehavior: OriginRequestHeaderBehavior.allowList(...originHeaders),
    // In no cache key, so in no answer either: the edge appends a viewer's query itself.
    queryStringBehavior: OriginRequestQueryStringBehavior.none(),
    cookieBehavior: OriginRequestCookieBehavior.none(),
  });

const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'";

export interface SecurityHeadersProps {
  /** @default whatever the browser does: a link's destination may want to know where people come from */
  readonly referrerPolicy?: HeadersReferrerPolicy;
}

/** A page that sets a content security policy of its own keeps it. */
export const createSecurityHeaders = (
  scope: Construct,
  id: string,
  { referrerPolicy }: SecurityHeadersProps = {},
): ResponseHeadersPolicy =>
  new ResponseHeadersPolicy(scope, id, {
    securityHeadersBehavior: {
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(365),
        includeSubdomains: false,
        override: true,
      },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      contentSecurityPolicy: { contentSecurityPolicy, override: false },
      ...(referrerPolicy !== undefined && { referrerPolicy: { referrerPolicy, override: true } }),
    },
  });
