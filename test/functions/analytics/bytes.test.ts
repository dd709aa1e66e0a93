import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteReader, byteWriter, seal, unseal } from '../../../functions/analytics/bytes.ts';

describe('byteWriter', () => {
  it('writes what byteReader reads', () => {
    const value = fc.oneof(fc.maxSafeNat(), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 500 }), (values) => {
        const writer = byteWriter();
        for (const each of values) {
          if (typeof each === 'number') writer.varint(each);
          else writer.text(each);
        }
        const reader = byteReader(writer.bytes());
        for (const each of values) {
          expect(typeof each === 'number' ? reader.varint() : reader.text()).toBe(each);
        }
        expect(() => reader.varint()).toThrow(RangeError);
      }),
    );
  });
});

describe('unseal', () => {
  it('opens what seal closed, compressed where that is shorter', () => {
    const writer = byteWriter();
    writer.text('x'.repeat(10_000));
    const sealed = seal(7, writer.bytes());
    expect(sealed.length).toBeLessThan(100);
    expect(unseal(7, sealed).text()).toHaveLength(10_000);
    const short = seal(7, Buffer.from([5]));
    expect(short).toHaveLength(3);
    expect(unseal(7, short).varint()).toBe(5);
  });

  it('refuses another schema', () => {
    expect(() => unseal(1, seal(2, Buffer.from([0])))).toThrow('schema 2, not 1');
  });
});
