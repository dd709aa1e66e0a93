import {
  type AddressKind,
  globalUnicast,
  ipv4Blocks,
  ipv4Carriers,
  ipv6Blocks,
} from './special-addresses.ts';

interface Prefix {
  readonly value: bigint;
  readonly shift: bigint;
}

const ipv4Value = (text: string): bigint =>
  text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);

/** Of the compressed form that the WHATWG parser writes: hexadecimal groups and at most one `::`. */
const ipv6Value = (text: string): bigint => {
  const [head = '', tail] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = groups(tail ?? '');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce(
    (value, group) => (value << 16n) | BigInt(`0x${group}`),
    0n,
  );
};

const prefixOf = (cidr: string, bits: number, parse: (text: string) => bigint): Prefix => {
  const [address = '', length = ''] = cidr.split('/');
  const shift = BigInt(bits - Number(length));
  return { value: parse(address) >> shift, shift };
};

const holds = ({ value, shift }: Prefix, address: bigint): boolean => address >> shift === value;

const v4 = ipv4Blocks.map(([cidr, kind]) => ({ kind, prefix: prefixOf(cidr, 32, ipv4Value) }));
const v6 = ipv6Blocks.map(([cidr, kind]) => ({ kind, prefix: prefixOf(cidr, 128, ipv6Value) }));
const carriers = ipv4Carriers.map(({ cidr, at }) => ({
  prefix: prefixOf(cidr, 128, ipv6Value),
  shift: BigInt(96 - at),
}));
const unicast = prefixOf(globalUnicast, 128, ipv6Value);
const isatapMarks = [0x0000_5efen, 0x0200_5efen];

const kindOfV4 = (address: bigint): AddressKind | undefined =>
  v4.find(({ prefix }) => holds(prefix, address))?.kind;

const lowest32 = 0xffff_ffffn;

const kindOfV6 = (address: bigint): AddressKind | undefined => {
  const special = v6.find(({ prefix }) => holds(prefix, address))?.kind;
  if (special !== undefined) return special;
  const carrier = carriers.find(({ prefix }) => holds(prefix, address));
  if (carrier !== undefined) return kindOfV4((address >> carrier.shift) & lowest32);
  if (isatapMarks.includes((address >> 32n) & lowest32)) {
    const inner = kindOfV4(address & lowest32);
    if (inner !== undefined) return inner;
  }
  return holds(unicast, address) ? undefined : 'reserved-address';
};

const dottedQuad = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** An address of the public internet, one of another kind, or a name. */
export type HostKind = AddressKind | 'public-address' | 'name';

/** Judges a host as the WHATWG parser writes it, so that every spelling of an address is one. */
export const hostKind = (host: string): HostKind => {
  if (host.startsWith('[')) return kindOfV6(ipv6Value(host.slice(1, -1))) ?? 'public-address';
  if (dottedQuad.test(host)) return kindOfV4(ipv4Value(host)) ?? 'public-address';
  return 'name';
};
