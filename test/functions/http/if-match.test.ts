import { describe, expect, it } from 'vitest';
import { ifMatchOf, isMatch } from '../../../functions/http/if-match.ts';

describe('ifMatchOf', () => {
  it('reads versions, a star, or nothing', () => {
    expect(ifMatchOf({})).toBeUndefined();
    expect(ifMatchOf({ 'if-match': ' * ' })).toBe('any');
    expect(ifMatchOf({ 'if-match': '"3", "12"' })).toEqual([3, 12]);
  });

  it('matches no weak tag and none that is no version', () => {
    expect(ifMatchOf({ 'if-match': 'W/"3", "x"' })).toEqual([]);
  });

  it.each(['3', '"3', '', '"a" "b"'])('refuses %j', (value) => {
    expect(() => ifMatchOf({ 'if-match': value })).toThrow(/If-Match/);
  });
});

describe('isMatch', () => {
  it.each([
    [undefined, undefined, true],
    [undefined, 3, true],
    ['any', 3, true],
    ['any', undefined, false],
    [[3, 4], 4, true],
    [[3], 4, false],
    [[3], undefined, false],
  ] as const)('of %j and %j is %j', (ifMatch, version, expected) => {
    expect(isMatch(ifMatch, version)).toBe(expected);
  });
});
