import type { Viewer } from '../edge/viewer.ts';
import { classifyAgent } from './classify-agent.ts';
import type { Click } from './click.ts';
import { eventId } from './event-id.ts';
import { preferredLanguage } from './language.ts';
import { readAgent } from './read-agent.ts';
import { classifyReferrer } from './referrer.ts';

/** Names in lower case, as API Gateway sends them. */
type Headers = Readonly<Record<string, string | undefined>>;

export interface ClickSource {
  readonly method: string;
  readonly viewer: Pick<Viewer, 'requestId' | 'seenAt'>;
  readonly headers: Headers;
}

/** The link that was followed. */
export interface ClickTarget {
  readonly id: string;
  readonly workspace: string;
  readonly domain: string;
}

const matching = (value: string | undefined, pattern: RegExp): string | undefined =>
  value !== undefined && pattern.test(value) ? value : undefined;

const cityOf = (value: string | undefined): string | undefined => {
  if (value === undefined) return undefined;
  try {
    return matching(decodeURIComponent(value), /^\p{L}[\p{L}\p{M}\p{N} .,'’()/-]{0,79}$/u);
  } catch {
    return undefined;
  }
};

const asnOf = (value: string | undefined): number | undefined => {
  const asn = Number(matching(value, /^\d{1,10}$/) ?? Number.NaN);
  return asn > 0 && asn <= 0xffffffff ? asn : undefined;
};

const known = <T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

/** Reduces a request to its event. The visitor's address and agent string end here. */
export const describeClick = (
  { method, viewer, headers }: ClickSource,
  { id: link, workspace, domain }: ClickTarget,
): Click => {
  const agent = readAgent(headers['user-agent']);
  const asn = asnOf(headers['cloudfront-viewer-asn']);
  const purposes = [headers['sec-purpose'], headers.purpose, headers['x-moz']];
  return {
    v: 1,
    eid: eventId(viewer.requestId),
    ts: viewer.seenAt,
    link,
    workspace,
    domain,
    class: classifyAgent({ method, agent, asn, purposes }),
    ...classifyReferrer(headers.referer),
    ...known({
      country: matching(headers['cloudfront-viewer-country'], /^[A-Z]{2}$/),
      region: matching(headers['cloudfront-viewer-country-region'], /^[A-Z0-9]{1,3}$/),
      city: cityOf(headers['cloudfront-viewer-city']),
      asn,
      language: preferredLanguage(headers['accept-language']),
      device: agent.device,
      browser: agent.browser,
      os: agent.os,
    }),
  };
};
