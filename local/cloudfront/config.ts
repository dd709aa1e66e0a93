import {
  type ForwardPolicy,
  readCachePolicy,
  readOriginRequestPolicy,
  readResponseHeadersPolicy,
} from './policies.ts';
import { compileResponseHeaders } from './response-headers.ts';
import { compilePattern } from './target.ts';
import type { EdgeHeaders } from './types.ts';

type Json = Record<string, unknown>;

export interface Origin {
  readonly domain: string;
  readonly path: string;
  readonly customHeaders: EdgeHeaders;
}

export interface Behavior {
  readonly matches: (normalizedPath: string) => boolean;
  readonly origin: Origin;
  readonly allowedMethods: ReadonlySet<string>;
  readonly policies: readonly ForwardPolicy[];
  readonly encodings: readonly string[];
  readonly setResponseHeaders: (headers: EdgeHeaders) => void;
  readonly viewerRequest?: string;
  readonly viewerResponse?: string;
}

const json = (value: unknown): Json => (value ?? {}) as Json;
const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

// The viewer protocol policy means nothing over plain http, and there is neither cache nor
// compression here: those parts may be anything.
const known = {
  distribution:
    'Aliases CacheBehaviors Comment CustomErrorResponses DefaultCacheBehavior Enabled HttpVersion IPV6Enabled Logging Origins PriceClass Restrictions ViewerCertificate',
  behavior:
    'AllowedMethods CachePolicyId CachedMethods Compress FunctionAssociations OriginRequestPolicyId PathPattern ResponseHeadersPolicyId TargetOriginId ViewerProtocolPolicy',
  origin:
    'ConnectionAttempts ConnectionTimeout CustomOriginConfig DomainName Id OriginCustomHeaders OriginPath ResponseCompletionTimeout',
};

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === false || value === '' || (Array.isArray(value) && !value.length);

const refuseUnknown = (part: keyof typeof known, name: string, config: Json): void => {
  const names = known[part].split(' ');
  const unknown = Object.keys(config).find((key) => !names.includes(key) && !isEmpty(config[key]));
  if (unknown === undefined) return;
  throw new Error(`CloudFront: ${part} ${name}: ${unknown} is not supported by the local cloud`);
};

const readOrigin = (config: Json): Origin => {
  const id = String(config.Id);
  refuseUnknown('origin', id, config);
  const headers = list(config.OriginCustomHeaders).map(({ HeaderName, HeaderValue }) => [
    String(HeaderName).toLowerCase(),
    [String(HeaderValue)],
  ]);
  return {
    domain: String(config.DomainName),
    path: String(config.OriginPath ?? ''),
    customHeaders: Object.fromEntries(headers),
  };
};

const readBehavior = (
  config: Json,
  origins: ReadonlyMap<string, Origin>,
  policies: ReadonlyMap<string, unknown>,
): Behavior => {
  const name = String(config.PathPattern ?? 'default');
  refuseUnknown('behavior', name, config);
  const origin = origins.get(String(config.TargetOriginId));
  if (origin === undefined) {
    throw new Error(
      `CloudFront: behavior ${name} names the unknown origin ${config.TargetOriginId}`,
    );
  }
  const cachePolicy = readCachePolicy(policies, String(config.CachePolicyId));
  const requestPolicy =
    config.OriginRequestPolicyId === undefined
      ? []
      : [readOriginRequestPolicy(policies, String(config.OriginRequestPolicyId))];
  const methods = config.AllowedMethods;
  const pattern = config.PathPattern === undefined ? undefined : compilePattern(name);
  const functions = new Map(
    list(config.FunctionAssociations).map((each) => [each.EventType, String(each.FunctionARN)]),
  );
  const viewerRequest = functions.get('viewer-request');
  const viewerResponse = functions.get('viewer-response');
  return {
    matches: (path) => pattern?.test(path) ?? true,
    origin,
    allowedMethods: new Set(Array.isArray(methods) ? methods.map(String) : ['GET', 'HEAD']),
    policies: [cachePolicy, ...requestPolicy],
    encodings: cachePolicy.encodings,
    setResponseHeaders:
      config.ResponseHeadersPolicyId === undefined
        ? () => undefined
        : compileResponseHeaders(
            readResponseHeadersPolicy(policies, String(config.ResponseHeadersPolicyId)),
          ),
    ...(viewerRequest !== undefined && { viewerRequest }),
    ...(viewerResponse !== undefined && { viewerResponse }),
  };
};

/**
 * The behaviours in the order in which they are asked, the default one last. Throws for what
 * CloudFront would refuse and for what the local cloud cannot do.
 */
export const readBehaviors = (
  properties: unknown,
  policies: ReadonlyMap<string, unknown>,
): Behavior[] => {
  const config = json(json(properties).DistributionConfig ?? properties);
  refuseUnknown('distribution', '', config);
  const page = list(config.CustomErrorResponses).find((each) => each.ResponsePagePath);
  if (page !== undefined) {
    throw new Error(`CloudFront: an error page for ${page.ErrorCode} is not supported locally`);
  }
  const restriction = json(json(config.Restrictions).GeoRestriction).RestrictionType ?? 'none';
  if (restriction !== 'none') {
    throw new Error(`CloudFront: the geo restriction ${restriction} is not supported locally`);
  }
  const origins = new Map(list(config.Origins).map((each) => [String(each.Id), readOrigin(each)]));
  return [...list(config.CacheBehaviors), json(config.DefaultCacheBehavior)].map((behavior) =>
    readBehavior(behavior, origins, policies),
  );
};
