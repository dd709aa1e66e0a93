import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostKind } from '../../../../functions/links/destinations/address.ts';
import { ipv4Blocks } from '../../../../functions/links/destinations/special-addresses.ts';

const hostOf = (text: string): string => new URL(`http://${text}/`).hostname;

const toNumber = (quad: string): number =>
  quad.split('.').reduce((value, part) => value * 256 + Number(part), 0);

const toQuad = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** An address out of one of the blocks, with what the block is. */
const specialIpv4 = fc
  .constantFrom(...ipv4Blocks)
  .chain(([cidr]) => {
    const [first = '', length = '32'] = cidr.split('/');
    return fc
      .integer({ min: 0, max: 2 ** (32 - Number(length)) - 1 })
      .map((offset) => toQuad(toNumber(first) + offset));
  })
  .map((quad) => ({ quad, kind: hostKind(quad) }));

const publicIpv4 = fc
  .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 255 })))
  .map((parts) => parts.join('.'))
  .filter((quad) => hostKind(quad) === 'public-address');

const hex = (value: number) => value.toString(16);
const fullwidth = (text: string) =>
  text.replace(/[0-9.]/g, (sign) => String.fromCodePoint((sign.codePointAt(0) ?? 0) + 0xfee0));

/** Ways to write an IPv4 address as a host. */
const spellings: Readonly<Record<string, (quad: string) => string>> = {
  decimal: (quad) => String(toNumber(quad)),
  hexadecimal: (quad) => `0x${hex(toNumber(quad))}`,
  'octal parts': (quad) =>
    quad
      .split('.')
      .map((part) => `0${Number(part).toString(8)}`)
      .join('.'),
  'hexadecimal parts': (quad) =>
    quad
      .split('.')
      .map((part) => `0X${hex(Number(part))}`)
      .join('.'),
  'two parts': (quad) => `${Math.floor(toNumber(quad) / 2 ** 24)}.${toNumber(quad) % 2 ** 24}`,
  'a trailing dot': (quad) => `${quad}.`,
  'full-width digits': fullwidth,
  'percent signs': (quad) => quad.replace(/./g, (sign) => `%${hex(sign.codePointAt(0) ?? 0)}`),
};

/** Ways to carry an IPv4 address in an IPv6 one. */
const carriers: Readonly<Record<string, (quad: string) => string>> = {
  mapped: (quad) => `[::ffff:${quad}]`,
  'mapped in hexadecimal': (quad) =>
    `[0:0:0:0:0:FFFF:${hex(toNumber(quad) >>> 16)}:${hex(toNumber(quad) % 65_536)}]`,
  translated: (quad) => `[::ffff:0:${quad}]`,
  nat64: (quad) => `[64:ff9b::${quad}]`,
  '6to4': (quad) => `[2002:${hex(toNumber(quad) >>> 16)}:${hex(toNumber(quad) % 65_536)}::1]`,
  isatap: (quad) => `[2a00:1450::5efe:${quad}]`,
};

describe('hostKind', () => {
  it.each(Object.entries(spellings))('knows a special address in %s', (_name, spell) => {
    fc.assert(
      fc.property(specialIpv4, ({ quad, kind }) => {
        expect(kind).toMatch(/-address$/);
        expect(kind).not.toBe('public-address');
        expect(hostKind(hostOf(spell(quad)))).toBe(kind);
      }),
    );
  });

  it.each(Object.entries(carriers))('knows a special address %s in IPv6', (_name, carry) => {
    fc.assert(
      fc.property(specialIpv4, ({ quad, kind }) => {
        expect(hostKind(hostOf(carry(quad)))).toBe(kind);
      }),
    );
  });

  it.each(Object.entries({ ...spellings, ...carriers }))(
    'lets a public one pass: %s',
    (_n, spell) => {
      fc.assert(
        fc.property(publicIpv4, (quad) => {
          expect(hostKind(hostOf(spell(quad)))).toBe('public-address');
        }),
      );
    },
  );

  it.each([
    ['127.0.0.1', 'loopback-address'],
    ['10.20.30.2', 'private-address'],
    ['172.16.0.0', 'private-address'],
    ['172.32.0.0', 'public-address'],
    ['192.168.255.255', 'private-address'],
    ['100.64.0.1', 'shared-address'],
    ['100.128.0.0', 'public-address'],
    ['169.254.1.1', 'link-local-address'],
    ['169.254.169.254', 'metadata-address'],
    ['100.100.100.200', 'metadata-address'],
    ['0.0.0.0', 'unspecified-address'],
    ['192.0.2.1', 'documentation-address'],
    ['198.51.100.9', 'documentation-address'],
    ['203.0.113.200', 'documentation-address'],
    ['198.19.0.1', 'reserved-address'],
    ['224.0.0.1', 'multicast-address'],
    ['255.255.255.255', 'reserved-address'],
    ['8.8.8.8', 'public-address'],
    ['[::]', 'unspecified-address'],
    ['[::1]', 'loopback-address'],
    ['[::127.0.0.1]', 'loopback-address'],
    ['[fe80::1]', 'link-local-address'],
    ['[febf::1]', 'link-local-address'],
    ['[fec0::1]', 'private-address'],
    ['[fd12:3456::1]', 'private-address'],
    ['[fd00:ec2::254]', 'metadata-address'],
    ['[ff02::1]', 'multicast-address'],
    ['[2001:db8::1]', 'documentation-address'],
    ['[3fff::1]', 'documentation-address'],
    ['[2001::1]', 'reserved-address'],
    ['[64:ff9b:1::1]', 'private-address'],
    ['[4000::1]', 'reserved-address'],
    ['[2606:4700:4700::1111]', 'public-address'],
    ['[2001:4860:4860::8888]', 'public-address'],
    ['example.org', 'name'],
  ])('says of %s: %s', (text, kind) => {
    expect(hostKind(hostOf(text))).toBe(kind);
  });
});
