import { describe, expect, it } from 'vitest';
import { checkAlias } from '../../../../functions/links/codes/alias.ts';

describe('checkAlias', () => {
  it('accepts a code in its normal form', () => {
    expect(checkAlias('cafe\u0301')).toEqual({ kind: 'accepted', code: 'caf\u00e9' });
  });

  it.each(['v1', 'V1/links', 'app', 'health', 'health/detailed', 'docs/a', 'openapi.json'])(
    'reserves %s',
    (text) => {
      expect(checkAlias(text)).toMatchObject({ kind: 'refused', code: 'reserved' });
    },
  );

  it.each(['robots.txt', 'favicon.ico', 'sitemap.xml', '.well-known/acme', '_a', '~a'])(
    'reserves %s too',
    (text) => {
      expect(checkAlias(text)).toMatchObject({ kind: 'refused', code: 'reserved' });
    },
  );

  it.each(['apps', 'v12', 'health-check', 'my/app', 'a_b', 'a~b'])('leaves %s free', (text) => {
    expect(checkAlias(text)).toEqual({ kind: 'accepted', code: text });
  });

  it.each([
    ['', 'too-small'],
    ['x'.repeat(65), 'too-large'],
    ['a b', 'malformed'],
    ['a\ud800', 'malformed'],
  ])('says what is wrong with %j', (text, code) => {
    expect(checkAlias(text)).toMatchObject({ kind: 'refused', code });
  });
});
