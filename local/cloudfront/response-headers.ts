import type { EdgeHeaders } from './types.ts';

type Json = Record<string, unknown>;

const json = (value: unknown): Json => (value ?? {}) as Json;
const items = (value: unknown): Json[] => {
  const { Items } = json(value);
  return Array.isArray(Items) ? (Items as Json[]) : [];
};

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly override: boolean;
}

const strictTransport = (config: Json): string =>
  [
    `max-age=${config.AccessControlMaxAgeSec}`,
    ...(config.IncludeSubdomains === true ? ['includeSubDomains'] : []),
    ...(config.Preload === true ? ['preload'] : []),
  ].join('; ');

const xssProtection = (config: Json): string => {
  if (config.Protection !== true) return '0';
  if (config.ModeBlock === true) return '1; mode=block';
  return config.ReportUri === undefined ? '1' : `1; report=${config.ReportUri}`;
};

const security: [string, string, (config: Json) => string][] = [
  ['ContentSecurityPolicy', 'content-security-policy', (c) => String(c.ContentSecurityPolicy)],
  ['ContentTypeOptions', 'x-content-type-options', () => 'nosniff'],
  ['FrameOptions', 'x-frame-options', (c) => String(c.FrameOption)],
  ['ReferrerPolicy', 'referrer-policy', (c) => String(c.ReferrerPolicy)],
  ['StrictTransportSecurity', 'strict-transport-security', strictTransport],
  ['XSSProtection', 'x-xss-protection', xssProtection],
];

/** Turns a response headers policy into what it does; throws for a part that is not supported. */
export const compileResponseHeaders = (
  policy: Record<string, unknown>,
): ((headers: EdgeHeaders) => void) => {
  for (const part of ['CorsConfig', 'ServerTimingHeadersConfig']) {
    if (policy[part] !== undefined) throw new Error(`CloudFront: ${part} is not supported locally`);
  }
  const securityConfig = json(policy.SecurityHeadersConfig);
  const settings: Setting[] = [
    ...security
      .filter(([key]) => securityConfig[key] !== undefined)
      .map(([key, name, format]) => {
        const config = json(securityConfig[key]);
        return { name, value: format(config), override: config.Override === true };
      }),
    ...items(policy.CustomHeadersConfig).map((item) => ({
      name: String(item.Header).toLowerCase(),
      value: String(item.Value),
      override: item.Override === true,
    })),
  ];
  const removed = items(policy.RemoveHeadersConfig).map(({ Header }) =>
    String(Header).toLowerCase(),
  );
  return (headers) => {
    for (const name of removed) delete headers[name];
    for (const { name, value, override } of settings) {
      if (override || headers[name] === undefined) headers[name] = [value];
    }
  };
};
