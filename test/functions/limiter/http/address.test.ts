import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressSubject } from '../../../../functions/limiter/http/address.ts';

describe('addressSubject', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    [' 203.0.113.9 ', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:cb00:7109', '203.0.113.9'],
    ['0:0:0:0:0:ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::203.0.113.9', '64:ff9b:0:0::/64'],
    ['', 'unknown'],
    ['203.0.113.999', 'unknown'],
    ['1:2:3', 'unknown'],
    ['example.org', 'unknown'],
  ])('reads %j as %s', (address, subject) => {
    expect(addressSubject(address)).toBe(subject);
  });

  it('is the same for every address of a /64 and for every way to write it', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const subject = addressSubject(address);
        expect(addressSubject(address.toUpperCase())).toBe(subject);
        if (subject.endsWith('::/64')) {
          expect(addressSubject(subject.replace('::/64', ':1:2:3:4'))).toBe(subject);
        }
      }),
    );
  });
});
