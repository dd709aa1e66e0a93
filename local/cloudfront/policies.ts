type Json = Record<string, unknown>;

/** Which names of a kind travel to the origin. */
interface Selection {
  readonly mode: 'none' | 'all' | 'list' | 'except';
  readonly names: ReadonlySet<string>;
}

export interface ForwardPolicy {
  readonly headers: Selection;
  readonly cookies: Selection;
  readonly query: Selection;
  /** The content codings that CloudFront asks the origin for in its own words. */
  readonly encodings: readonly string[];
}

const json = (value: unknown): Json => (value ?? {}) as Json;
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const modes: Record<string, Selection['mode']> = {
  none: 'none',
  all: 'all',
  allViewer: 'all',
  allViewerAndWhitelistCloudFront: 'all',
  whitelist: 'list',
  allExcept: 'except',
};

const select = (behavior: unknown, names: unknown, isCaseless: boolean): Selection => {
  const mode = modes[String(behavior ?? 'none')];
  if (mode === undefined) throw new Error(`CloudFront: unknown policy behavior ${behavior}`);
  const list = texts(names);
  return { mode, names: new Set(isCaseless ? list.map((name) => name.toLowerCase()) : list) };
};

const readForward = (config: Json): ForwardPolicy => {
  const headers = json(config.HeadersConfig);
  const cookies = json(config.CookiesConfig);
  const query = json(config.QueryStringsConfig);
  return {
    headers: select(headers.HeaderBehavior, headers.Headers, true),
    cookies: select(cookies.CookieBehavior, cookies.Cookies, false),
    query: select(query.QueryStringBehavior, query.QueryStrings, false),
    encodings: [
      ...(config.EnableAcceptEncodingBrotli === true ? ['br'] : []),
      ...(config.EnableAcceptEncodingGzip === true ? ['gzip'] : []),
    ],
  };
};

const all = { HeaderBehavior: 'allViewer' };
const everyCookieAndQuery = {
  CookiesConfig: { CookieBehavior: 'all' },
  QueryStringsConfig: { QueryStringBehavior: 'all' },
};
const hsts = { AccessControlMaxAgeSec: 31_536_000, Override: false };

/** AWS's own policies by their ids. */
const managed = new Map<string, Json>([
  // CachingDisabled
  ['4135ea2d-6df8-44a3-9df3-4b5a84be39ad', { MinTTL: 0, DefaultTTL: 0, MaxTTL: 0 }],
  // CachingOptimized
  [
    '658327ea-f89d-4fab-a63d-7e88639e58f6',
    {
      MinTTL: 1,
      DefaultTTL: 86_400,
      MaxTTL: 31_536_000,
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingBrotli: true,
        EnableAcceptEncodingGzip: true,
      },
    },
  ],
  // AllViewer
  ['216adef6-5c7f-47e4-b989-5492eafa07d3', { HeadersConfig: all, ...everyCookieAndQuery }],
  // AllViewerExceptHostHeader
  [
    'b689b0a8-53d0-40ab-baf2-68738e2966ac',
    {
      HeadersConfig: { HeaderBehavior: 'allExcept', Headers: ['host'] },
      ...everyCookieAndQuery,
    },
  ],
  // SecurityHeadersPolicy
  [
    '67f7725c-6f97-4210-82d7-5512b31e9d03',
    {
      SecurityHeadersConfig: {
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'SAMEORIGIN', Override: false },
        ReferrerPolicy: { ReferrerPolicy: 'strict-origin-when-cross-origin', Override: false },
        StrictTransportSecurity: hsts,
        XSSProtection: { Protection: true, ModeBlock: true, Override: false },
      },
    },
  ],
]);

const find = (policies: ReadonlyMap<string, unknown>, id: string): Json => {
  const found = policies.get(id) ?? managed.get(id);
  if (found === undefined) throw new Error(`CloudFront: no policy has the id ${id}`);
  return json(found);
};

const maxPolicyHeaders = 10;

const checkHeaderCount = (id: string, { headers }: ForwardPolicy): void => {
  if (headers.names.size > maxPolicyHeaders) {
    throw new Error(`CloudFront: policy ${id} lists ${headers.names.size} headers, 10 are allowed`);
  }
};

/** Throws where CloudFront would refuse the policy although CloudFormation accepts its text. */
export const readCachePolicy = (
  policies: ReadonlyMap<string, unknown>,
  id: string,
): ForwardPolicy => {
  const config = find(policies, id);
  const policy = readForward(json(config.ParametersInCacheKeyAndForwardedToOrigin));
  checkHeaderCount(id, policy);
  const kinds = [policy.headers, policy.cookies, policy.query];
  const hasKey = kinds.some(({ mode }) => mode !== 'none') || policy.encodings.length > 0;
  if (Number(config.MaxTTL ?? 1) === 0 && hasKey) {
    throw new Error(`CloudFront: cache policy ${id} has MaxTTL 0 and may not name parts of a key`);
  }
  return policy;
};

export const readOriginRequestPolicy = (
  policies: ReadonlyMap<string, unknown>,
  id: string,
): ForwardPolicy => {
  const policy = readForward(find(policies, id));
  checkHeaderCount(id, policy);
  return policy;
};

export const readResponseHeadersPolicy = (
  policies: ReadonlyMap<string, unknown>,
  id: string,
): Json => find(policies, id);

const selects = ({ mode, names }: Selection, name: string): boolean => {
  if (mode === 'list') return names.has(name);
  return mode === 'all' || (mode === 'except' && !names.has(name));
};

/** What any of the policies lets through. */
export const forwards = (
  policies: readonly ForwardPolicy[],
  kind: 'headers' | 'cookies' | 'query',
  name: string,
): boolean => policies.some((policy) => selects(policy[kind], name));

/** Headers that CloudFront makes up are sent only where a policy names them. */
export const namesHeader = (policies: readonly ForwardPolicy[], name: string): boolean =>
  policies.some(({ headers }) => headers.mode !== 'except' && headers.names.has(name));
