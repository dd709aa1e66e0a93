import { describe, expect, it } from 'vitest';
import {
  defaultLinkSettings,
  defaultRedirectSettings,
  parseLinkSettings,
  parseRedirectSettings,
} from '../../../functions/links/settings.ts';

describe('parseLinkSettings', () => {
  it('fills what is left out with the defaults', () => {
    expect(parseLinkSettings({})).toEqual(defaultLinkSettings);
    expect(parseLinkSettings({ reservedDays: 7 })).toEqual({
      ...defaultLinkSettings,
      reservedDays: 7,
    });
  });

  it.each([null, 'x', [], { reservedDay: 1 }, { reservedDays: -1 }, { blockedHosts: [''] }])(
    'refuses %j',
    (value) => {
      expect(() => parseLinkSettings(value)).toThrow();
    },
  );
});

describe('parseRedirectSettings', () => {
  it('accepts its own defaults', () => {
    expect(parseRedirectSettings(defaultRedirectSettings)).toEqual(defaultRedirectSettings);
  });

  it.each([
    [{ cacheSeconds: 6 }],
    [{ cacheEntries: 0 }],
    [{ floodLimit: { perMinute: 1 } }],
    [{ rootRedirectUrl: 'nowhere' }],
    [{ toString: 1 }],
  ])('refuses %j', (value: object) => {
    expect(() => parseRedirectSettings(value)).toThrow();
  });
});
