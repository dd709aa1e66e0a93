import { hostKind } from './address.ts';
import type { AddressKind } from './special-addresses.ts';

/** The longest destination, in its WHATWG form. */
export const longestUrl = 2048;

export interface DestinationPolicy {
  readonly allowSingleLabelHosts: boolean;
  /** Hosts that are refused with everything below them. */
  readonly blockedHosts: readonly string[];
  /** Where we answer ourselves, with or without a port. */
  readonly ownHosts: readonly string[];
}

export type RefusalCode =
  | AddressKind
  | 'malformed-url'
  | 'scheme-not-allowed'
  | 'credentials-in-url'
  | 'single-label-host'
  | 'own-host'
  | 'blocked-host'
  | 'url-too-long';

export type Destination =
  /** `url` is the WHATWG form, the one that is stored and answered. */
  | { readonly kind: 'accepted'; readonly url: string }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly detail: string };

const addressSentences: Record<AddressKind, string> = {
  'unspecified-address': 'names no machine at all',
  'loopback-address': "is the visitor's own machine",
  'private-address': 'is a private address, which no visitor can reach',
  'link-local-address': 'is a link-local address, which no visitor can reach',
  'metadata-address': "is a cloud's metadata address",
  'documentation-address': 'is an address reserved for documentation',
  'shared-address': "is inside a carrier's shared address space",
  'multicast-address': 'is a multicast address',
  'reserved-address': 'is a reserved address',
};

/** Names that stand for the addresses above wherever they resolve. */
const localNames: readonly (readonly [name: string, code: AddressKind])[] = [
  ['localhost', 'loopback-address'],
  ['metadata.google.internal', 'metadata-address'],
  ['metadata.goog', 'metadata-address'],
];

const refused = (code: RefusalCode, detail: string): Destination => ({
  kind: 'refused',
  code,
  detail,
});

const withoutDot = (host: string): string => host.replace(/\.$/, '');

/** The form in which two hosts are compared: as the WHATWG parser writes it, no port, no last dot. */
const comparable = (host: string): string =>
  withoutDot(URL.parse(`http://${host}/`)?.hostname ?? host.toLowerCase());

const isUnder = (host: string, parent: string): boolean =>
  host === parent || host.endsWith(`.${parent}`);

const refuseHost = (host: string, policy: DestinationPolicy): Destination | undefined => {
  const kind = hostKind(host);
  const named = localNames.find(([name]) => isUnder(host, name))?.[1];
  const code = kind === 'name' ? named : kind;
  if (policy.ownHosts.some((own) => comparable(own) === host)) {
    return refused('own-host', `${host} is this service: the link would lead in a circle`);
  }
  if (code !== undefined && code !== 'public-address') {
    return refused(code, `${host} ${addressSentences[code]}`);
  }
  if (kind === 'name' && !host.includes('.') && !policy.allowSingleLabelHosts) {
    return refused('single-label-host', `${host} is a local name: use a host with a domain`);
  }
  if (policy.blockedHosts.some((blocked) => isUnder(host, comparable(blocked)))) {
    return refused('blocked-host', `links to ${host} are not allowed here`);
  }
  return undefined;
};

/** Decides whether a link may lead to `text`, and if not, which one rule says so and why. */
export const checkDestination = (text: string, policy: DestinationPolicy): Destination => {
  const url = text.isWellFormed() && !text.includes('\0') ? URL.parse(text) : null;
  if (url === null) {
    return refused('malformed-url', 'this is not a URL; one looks like https://example.com/path');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return refused('scheme-not-allowed', `only http and https lead anywhere, not ${url.protocol}`);
  }
  if (url.username !== '' || url.password !== '') {
    return refused('credentials-in-url', 'a user name or password in a URL would be made public');
  }
  const host = withoutDot(url.hostname);
  if (host === '' || host.split('.').includes('')) {
    return refused('malformed-url', 'the host has an empty part between its dots');
  }
  if (url.href.length > longestUrl) {
    return refused(
      'url-too-long',
      `${url.href.length} characters in its normal form; at most ${longestUrl} are accepted`,
    );
  }
  return refuseHost(host, policy) ?? { kind: 'accepted', url: url.href };
};
