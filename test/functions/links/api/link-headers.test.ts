import { describe, expect, it } from 'vitest';
import { ifMatchOf } from '../../../../functions/http/if-match.ts';
import { idempotencyKeyOf } from '../../../../functions/links/api/link-headers.ts';

describe('idempotencyKeyOf', () => {
  it('gives the key as it was sent', () => {
    expect(idempotencyKeyOf({})).toBeUndefined();
    expect(idempotencyKeyOf({ 'idempotency-key': '"7f-~"' })).toBe('"7f-~"');
  });

  it.each(['', ' ', 'a b', 'a,b', 'ü', 'x'.repeat(256), 'a\0'])('refuses %j', (key) => {
    expect(() => idempotencyKeyOf({ 'idempotency-key': key })).toThrow('Idempotency-Key');
  });
});

describe('ifMatchOf', () => {
  it.each([
    [undefined, undefined],
    ['*', 'any'],
    ['"3"', [3]],
    [' "3" , "12" ', [3, 12]],
    ['W/"3"', []],
    ['"abc"', []],
    ['W/"3", "4"', [4]],
  ])('reads %j as %j', (value, precondition) => {
    expect(ifMatchOf({ 'if-match': value })).toEqual(precondition);
  });

  it.each(['3', '', '"3', '"3" "4"', '*, "3"'])('refuses %j', (value) => {
    expect(() => ifMatchOf({ 'if-match': value })).toThrow('If-Match');
  });
});
