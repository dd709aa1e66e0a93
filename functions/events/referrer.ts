import { isIP } from 'node:net';
import type { Channel, Click } from './click.ts';
import { referrerSources } from './referrer-sources.ts';

export type Referrer = Pick<Click, 'refHost' | 'source' | 'channel'>;

const hostOf = (referer: string): string | undefined => {
  const url = URL.parse(referer);
  if (url === null) return undefined;
  // Android apps send their package's name where pages have a host.
  if (!['http:', 'https:', 'android-app:'].includes(url.protocol)) return undefined;
  const host = url.hostname
    .toLowerCase()
    .replace(/^www\./, '')
    .replace(/\.$/, '');
  // An address may be the visitor's own, and addresses are never kept.
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return undefined;
  return /^(?=.*[a-z])[a-z0-9_.-]{1,253}$/.test(host) ? host : undefined;
};

/** Looks up the host, then each domain above it: `l.facebook.com`, `facebook.com`. */
const sourceOf = (host: string): readonly [Channel, string] | undefined => {
  for (let name = host; name !== ''; name = name.slice(name.indexOf('.') + 1)) {
    const found = referrerSources.get(name);
    if (found !== undefined) return found;
    if (!name.includes('.')) return undefined;
  }
  return undefined;
};

/** Where a visitor came from. No `Referer` at all is `direct`; one that is not usable a `referral`. */
export const classifyReferrer = (referer: string | undefined): Referrer => {
  if (referer === undefined || referer.trim() === '') return { channel: 'direct' };
  const refHost = hostOf(referer);
  if (refHost === undefined) return { channel: 'referral' };
  const known = sourceOf(refHost);
  if (known === undefined) return { refHost, channel: 'referral' };
  const [channel, source] = known;
  return { refHost, source, channel };
};
