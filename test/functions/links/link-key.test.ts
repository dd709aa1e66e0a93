import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  keyText,
  normalizeCode,
  parseKey,
  parseLinkId,
  pathOfCode,
  toLinkId,
} from '../../../functions/links/link-key.ts';

const codes = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 70 })
  .map(normalizeCode)
  .filter((code) => code !== undefined);

describe('normalizeCode', () => {
  it.each([
    ['plain', 'Spring-Sale_2026.v1~x', 'Spring-Sale_2026.v1~x'],
    ['composed', 'cafe\u0301', 'caf\u00e9'],
    ['with segments', 'docs2/guide', 'docs2/guide'],
    ['of other scripts', 'ελληνικά', 'ελληνικά'.normalize('NFC')],
    ['with marks that do not compose', 'हिन्दी', 'हिन्दी'],
    ['emoji', '🎉🚀', '🎉🚀'],
    ['emoji with and without a variation selector', '❤\uFE0F', '❤'],
    ['a family', '👨‍👩‍👧', '👨‍👩‍👧'],
    ['a skin tone', '👍🏽', '👍🏽'],
    ['a flag', '🇩🇪', '🇩🇪'],
    ['a keycap', '1\uFE0F\u20E3', '1\u20E3'],
    ['of 64 characters', '😀'.repeat(64), '😀'.repeat(64)],
  ])('accepts a code %s', (_name, text, code) => {
    expect(normalizeCode(text)).toBe(code);
  });

  it.each([
    ['empty', ''],
    ['of 65 characters', 'x'.repeat(65)],
    ['of 65 emoji', '😀'.repeat(65)],
    ['very long', 'x'.repeat(1_000_000)],
    ['with a leading slash', '/a'],
    ['with a trailing slash', 'a/'],
    ['with an empty segment', 'a//b'],
    ['with a dot segment', 'a/./b'],
    ['that climbs', 'a/../b'],
    ['with a blank', 'a b'],
    ['with a plus', 'a+'],
    ['with a percent sign', 'a%20b'],
    ['with a query', 'a?b'],
    ['with a fragment', 'a#b'],
    ['with a null byte', 'a\0b'],
    ['with half a surrogate pair', 'a\ud83d'],
    ['with a right-to-left override', 'a\u202eb'],
    ['with a zero-width space', 'a\u200bb'],
    ['with a joiner between letters', 'a\u200db'],
    ['with a lone mark', '\u0301a'],
    ['with a mark after a slash', 'a/\u0301b'],
    ['with half a flag', '🇩'],
  ])('refuses a code %s', (_name, text) => {
    expect(normalizeCode(text)).toBeUndefined();
  });

  it('gives what it gave before', () => {
    fc.assert(
      fc.property(codes, (code) => {
        expect(normalizeCode(code)).toBe(code);
      }),
    );
  });

  it('reads every code back from its path', () => {
    fc.assert(
      fc.property(codes, (code) => {
        const { pathname } = new URL(pathOfCode(code), 'https://hop.example');
        expect(normalizeCode(decodeURIComponent(pathname.slice(1)))).toBe(code);
      }),
    );
  });

  it.each(['ℹ', '😀', 'é', '1', '👩‍', '🇩'])(
    'takes no time to refuse a hostile run of %s',
    (unit) => {
      const started = performance.now();
      expect(normalizeCode(`${unit.repeat(Math.floor(62 / [...unit].length))}!`)).toBeUndefined();
      expect(performance.now() - started).toBeLessThan(100);
    },
  );
});

describe('toLinkId', () => {
  it('is the code itself where that is plain and on the default domain', () => {
    expect(toLinkId({ domain: '_', code: 'Ab-1_' })).toBe('Ab-1_');
  });

  it('is base64url of the key otherwise', () => {
    expect(toLinkId({ domain: '_', code: 'a/b' })).toBe('~Xy9hL2I');
    expect(toLinkId({ domain: 'go.example', code: 'a' })).toMatch(/^~[\w-]+$/);
  });
});

describe('parseLinkId', () => {
  it('is the inverse of toLinkId', () => {
    fc.assert(
      fc.property(fc.constantFrom('_', 'go.example'), codes, (domain, code) => {
        const id = toLinkId({ domain, code });
        expect(id).toMatch(/^[\w-]+$|^~[\w-]+$/);
        expect(parseLinkId(id)).toEqual({ domain, code });
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['a tilde alone', '~'],
    ['a plain code in disguise', `~${btoa('_/plain').replace(/=/g, '')}`],
    ['base64 with padding', '~Xy9hL2I='],
    ['bytes that are no UTF-8', '~_____w'],
    ['a key without a slash', `~${btoa('abc')}`],
    ['a code that is none', 'a b'],
    ['a null byte', 'a\0'],
    ['a code too long', 'x'.repeat(65)],
    ['a composed form that is not NFC', `~${Buffer.from('_/cafe\u0301').toString('base64url')}`],
  ])('knows no link of %s', (_name, id) => {
    expect(parseLinkId(id)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (id) => void parseLinkId(`~${id}`)));
  });
});

describe('parseKey', () => {
  it('splits at the first slash', () => {
    expect(parseKey(keyText({ domain: '_', code: 'a/b' }))).toEqual({ domain: '_', code: 'a/b' });
    expect(parseKey('/a')).toBeUndefined();
  });
});
