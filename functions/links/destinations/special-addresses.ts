export type AddressKind =
  | 'unspecified-address'
  | 'loopback-address'
  | 'private-address'
  | 'link-local-address'
  | 'metadata-address'
  | 'documentation-address'
  | 'shared-address'
  | 'multicast-address'
  | 'reserved-address';

type Block = readonly [cidr: string, kind: AddressKind];

/**
 * What is not a public unicast address, by IANA's special-purpose registries, and the addresses that
 * clouds answer metadata from. The first match wins.
 */
export const ipv4Blocks: readonly Block[] = [
  ['169.254.169.254/32', 'metadata-address'],
  ['169.254.170.2/32', 'metadata-address'],
  ['169.254.170.23/32', 'metadata-address'],
  ['100.100.100.200/32', 'metadata-address'],
  ['168.63.129.16/32', 'metadata-address'],
  ['192.0.0.192/32', 'metadata-address'],
  ['0.0.0.0/8', 'unspecified-address'],
  ['10.0.0.0/8', 'private-address'],
  ['100.64.0.0/10', 'shared-address'],
  ['127.0.0.0/8', 'loopback-address'],
  ['169.254.0.0/16', 'link-local-address'],
  ['172.16.0.0/12', 'private-address'],
  ['192.0.0.0/24', 'reserved-address'],
  ['192.0.2.0/24', 'documentation-address'],
  ['192.88.99.0/24', 'reserved-address'],
  ['192.168.0.0/16', 'private-address'],
  ['198.18.0.0/15', 'reserved-address'],
  ['198.51.100.0/24', 'documentation-address'],
  ['203.0.113.0/24', 'documentation-address'],
  ['224.0.0.0/4', 'multicast-address'],
  ['240.0.0.0/4', 'reserved-address'],
];

export const ipv6Blocks: readonly Block[] = [
  ['fd00:ec2::254/128', 'metadata-address'],
  ['fd00:ec2::23/128', 'metadata-address'],
  ['fd20:ce::254/128', 'metadata-address'],
  ['::/128', 'unspecified-address'],
  ['::1/128', 'loopback-address'],
  ['64:ff9b:1::/48', 'private-address'],
  ['100::/64', 'reserved-address'],
  ['2001:db8::/32', 'documentation-address'],
  ['2001::/23', 'reserved-address'],
  ['3fff::/20', 'documentation-address'],
  ['5f00::/16', 'reserved-address'],
  ['fc00::/7', 'private-address'],
  ['fe80::/10', 'link-local-address'],
  ['fec0::/10', 'private-address'],
  ['ff00::/8', 'multicast-address'],
];

/** Prefixes whose addresses carry an IPv4 address from bit `at` on, which decides for them. */
export const ipv4Carriers: readonly { readonly cidr: string; readonly at: number }[] = [
  { cidr: '::ffff:0:0/96', at: 96 },
  { cidr: '::ffff:0:0:0/96', at: 96 },
  { cidr: '::/96', at: 96 },
  { cidr: '64:ff9b::/96', at: 96 },
  { cidr: '2002::/16', at: 16 },
];

/** Everything that is public unicast in IPv6 today. */
export const globalUnicast = '2000::/3';
