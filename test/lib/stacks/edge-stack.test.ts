import { describe, expect, it } from 'vitest';
import { edgeScriptLimitBytes, findEdgeSyntaxFaults } from '../../../lib/constructs/edge-script.ts';
import { resourcesOf, synthesize, withoutHash } from '../synthesized.ts';

const domain = {
  names: ['go.example.com', 'hop.example.com'],
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0',
  hostedZone: { id: 'Z0', name: 'example.com' },
} as const;

const edgeOf = (...args: Parameters<typeof synthesize>) => {
  const { edge } = synthesize(...args);
  if (edge === undefined) throw new Error('no edge stack');
  return edge;
};

const prod = edgeOf('prod');
const only = (type: string, template = prod) => {
  const [found, ...others] = Object.values(resourcesOf(template, type));
  if (found === undefined || others.length > 0) throw new Error(`not one ${type}`);
  return found.Properties;
};
const config = only('AWS::CloudFront::Distribution').DistributionConfig;

const functionsOf = (behavior: {
  FunctionAssociations: { EventType: string; FunctionARN: { 'Fn::GetAtt': [string] } }[];
}) =>
  behavior.FunctionAssociations.map(({ EventType, FunctionARN }) => [
    EventType,
    withoutHash(FunctionARN['Fn::GetAtt'][0]),
  ]);

describe('EdgeStack', () => {
  it('sends the API paths to the API and everything else to the redirect', () => {
    const paths = config.CacheBehaviors.map((b: { PathPattern: string }) => b.PathPattern);
    expect(paths).toEqual(['/v1', '/v1/*', '/health', '/health/detailed', '/openapi.json']);
    expect(functionsOf(config.DefaultCacheBehavior)).toEqual([
      ['viewer-request', 'EdgeViewerRequest'],
      ['viewer-response', 'EdgeViewerResponse'],
    ]);
    for (const behavior of config.CacheBehaviors) {
      expect(functionsOf(behavior)).toEqual([['viewer-request', 'EdgeViewerRequest']]);
    }
  });

  it('caches redirects by path, host and kind of reader alone', () => {
    const policy = only('AWS::CloudFront::CachePolicy').CachePolicyConfig;
    // CloudFront refuses headers in the key of a policy that may keep nothing.
    expect([policy.MinTTL, policy.DefaultTTL, policy.MaxTTL]).toEqual([0, 0, 86_400]);
    expect(policy.ParametersInCacheKeyAndForwardedToOrigin).toEqual({
      CookiesConfig: { CookieBehavior: 'none' },
      EnableAcceptEncodingBrotli: false,
      EnableAcceptEncodingGzip: false,
      HeadersConfig: {
        HeaderBehavior: 'whitelist',
        Headers: ['x-forwarded-host', 'x-hop-kind'],
      },
      QueryStringsConfig: { QueryStringBehavior: 'none' },
    });
  });

  it('forwards at most ten headers to the redirect, never Host', () => {
    const policy = only('AWS::CloudFront::OriginRequestPolicy').OriginRequestPolicyConfig;
    const headers: string[] = policy.HeadersConfig.Headers;
    expect(policy.HeadersConfig.HeaderBehavior).toBe('whitelist');
    expect(headers).toContain('x-hop-viewer');
    expect(headers.length).toBeLessThanOrEqual(10);
    expect(headers.map((name) => name.toLowerCase())).not.toContain('host');
    expect(policy.QueryStringsConfig.QueryStringBehavior).toBe('none');
  });

  it('caches nothing of the API and forwards all but Host', () => {
    for (const behavior of config.CacheBehaviors) {
      expect(behavior.CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
      expect(behavior.OriginRequestPolicyId).toBe('b689b0a8-53d0-40ab-baf2-68738e2966ac');
      expect(behavior.AllowedMethods).toHaveLength(7);
      expect(behavior.ViewerProtocolPolicy).toBe('https-only');
    }
  });

  it('proves itself to the origin and speaks TLS 1.2 with it', () => {
    const [origin, ...others] = config.Origins;
    expect(others).toEqual([]);
    expect(origin.OriginCustomHeaders).toEqual([
      {
        HeaderName: 'x-hop-origin',
        HeaderValue: '{{resolve:secretsmanager:hopgate/prod/origin-lock/k1:SecretString:::}}',
      },
    ]);
    expect(origin.CustomOriginConfig).toMatchObject({
      OriginProtocolPolicy: 'https-only',
      OriginSSLProtocols: ['TLSv1.2'],
    });
    expect(JSON.stringify(origin.DomainName)).toContain('.execute-api.eu-central-1.amazonaws.com');
  });

  it('keeps no error', () => {
    expect(config.CustomErrorResponses).toEqual(
      [500, 502, 503, 504].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })),
    );
  });

  it('speaks HTTP/3 and sets security headers on every behaviour', () => {
    expect(config.HttpVersion).toBe('http2and3');
    for (const behavior of [config.DefaultCacheBehavior, ...config.CacheBehaviors]) {
      expect(withoutHash(behavior.ResponseHeadersPolicyId.Ref)).toMatch(/Headers$/);
    }
  });

  it.each(Object.entries(resourcesOf(prod, 'AWS::CloudFront::Function')))(
    'bundles %s small and in the syntax of runtime 2.0',
    (_, { Properties }) => {
      expect(Properties.FunctionConfig.Runtime).toBe('cloudfront-js-2.0');
      expect(Buffer.byteLength(Properties.FunctionCode)).toBeLessThan(edgeScriptLimitBytes);
      expect(findEdgeSyntaxFaults(Properties.FunctionCode)).toEqual([]);
    },
  );

  it('takes a domain, asks TLS 1.2 of its visitors and makes its records', () => {
    const custom = edgeOf('prod', { domain });
    const { Aliases, ViewerCertificate } = only(
      'AWS::CloudFront::Distribution',
      custom,
    ).DistributionConfig;
    expect(Aliases).toEqual(domain.names);
    expect(ViewerCertificate).toMatchObject({
      AcmCertificateArn: domain.certificateArn,
      MinimumProtocolVersion: 'TLSv1.2_2021',
    });
    custom.resourceCountIs('AWS::Route53::RecordSet', 4);
    expect(custom.findOutputs('DistributionUrl').DistributionUrl?.Value).toBe(
      'https://go.example.com',
    );
  });

  it('says where it is', () => {
    const outputs = Object.keys(prod.findOutputs('*'));
    expect(outputs).toEqual(
      expect.arrayContaining(['DistributionUrl', 'DistributionId', 'DistributionDomain']),
    );
  });
});
