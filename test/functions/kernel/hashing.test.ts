import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  constantTimeEqual,
  crc16,
  hmacSha256,
  sha256Hex,
} from '../../../functions/kernel/hashing.ts';

describe('crc16', () => {
  it("gives the check value of CRC-16/XMODEM, Redis Cluster's", () => {
    expect(crc16('123456789')).toBe(0x31c3);
    expect(crc16('foo') % 16_384).toBe(12_182);
    expect(crc16('')).toBe(0);
  });

  it('stays within 16 bits for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const crc = crc16(text);
        return Number.isInteger(crc) && crc >= 0 && crc <= 0xffff;
      }),
    );
  });
});

describe('constantTimeEqual', () => {
  it('is true for equal texts only', () => {
    expect(constantTimeEqual('a', 'a')).toBe(true);
    expect(constantTimeEqual('a', 'ab')).toBe(false);
    expect(constantTimeEqual('', 'x')).toBe(false);
  });
});

describe('hmacSha256', () => {
  it('gives the digest of RFC 4231, case 2', () => {
    expect(hmacSha256('Jefe', 'what do ya want for nothing?').toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});

describe('sha256Hex', () => {
  it('gives the digest of the empty text', () => {
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});
