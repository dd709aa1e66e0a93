import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preferredLanguage } from '../../../functions/events/language.ts';

describe('preferredLanguage', () => {
  it.each([
    ['de-DE,de;q=0.9,en;q=0.8', 'de'],
    ['en;q=0.5, FR-ca;q=0.9', 'fr'],
    ['zh-Hant-TW', 'zh'],
    ['*', undefined],
    ['*, nds;q=0.1', 'nds'],
    ['en;q=0', undefined],
    ['en_US', 'en'],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j', (header, expected) => {
    expect(preferredLanguage(header)).toBe(expected);
  });

  it('never throws and gives nothing but a language code', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(preferredLanguage(header) ?? 'en').toMatch(/^[a-z]{2,3}$/);
      }),
    );
  });
});
