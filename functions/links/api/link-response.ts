import type { ApiResponse } from '../../http/route.ts';
import type { Link } from '../link.ts';
import { defaultDomain, pathOfCode } from '../link-key.ts';

const iso = (time: number): string => new Date(time).toISOString();

const isLoopback = (host: string): boolean =>
  /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(host);

/** Where people follow the link: on its own domain, or on the host that the request came to. */
export const shortUrlOf = ({ domain, code }: Link, requestHost: string): string => {
  const host = domain === defaultDomain ? requestHost : domain;
  return `${isLoopback(host) ? 'http' : 'https'}://${host}${pathOfCode(code)}`;
};

/** A link as the API answers it: times in ISO 8601, absent members left out. */
export const presentLink = (link: Link, host: string) => ({
  id: link.id,
  code: link.code,
  domain: link.domain,
  shortUrl: shortUrlOf(link, host),
  url: link.url,
  status: link.status,
  state: link.state,
  version: link.version,
  createdAt: iso(link.createdAt),
  ...(link.startsAt !== undefined && { startsAt: iso(link.startsAt) }),
  ...(link.expiresAt !== undefined && { expiresAt: iso(link.expiresAt) }),
  tags: link.tags,
  ...(link.title !== undefined && { title: link.title }),
});

/** The answer that shows one link, with its version as ETag. */
export const linkResponse = (
  status: number,
  link: Link,
  host: string,
  headers: Readonly<Record<string, string>> = {},
): ApiResponse => ({
  status,
  body: presentLink(link, host),
  headers: { etag: `"${link.version}"`, ...headers },
});
