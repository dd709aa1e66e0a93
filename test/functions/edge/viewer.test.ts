import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatViewer, parseViewer, type Viewer } from '../../../functions/edge/viewer.ts';

const viewer: Viewer = {
  host: 'go.example.com:8443',
  path: '/caf%C3%A9/❤️?no',
  requestId: 'abc-DEF_123==',
  ip: '2001:db8::9',
  seenAt: 1_767_225_600_123,
};

const host = fc.stringMatching(/^[a-z0-9.-]{1,60}(:\d{1,5})?$/);
const path = fc.oneof(
  fc.webPath(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('%', '/', '😀', 'é', '\u0000', '%F0', '+', ';', 'a') }),
);

describe('formatViewer', () => {
  it('packs six fields', () => {
    expect(formatViewer({ ...viewer, path: '/abc' })).toBe(
      '1;go.example.com:8443;L2FiYw;abc-DEF_123==;2001:db8::9;1767225600123',
    );
  });

  it('gives one line of printable ASCII and six fields, whatever it is given', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, text, (host, path, requestId, ip) => {
        const packed = formatViewer({ host, path, requestId, ip, seenAt: 1 });
        expect(packed).toMatch(/^[!-~]*$/);
        expect(packed.split(';')).toHaveLength(6);
      }),
    );
  });
});

describe('parseViewer', () => {
  it('gives back any host and path', () => {
    fc.assert(
      fc.property(host, path, fc.nat(), (host, path, seenAt) => {
        const given = { ...viewer, host, path, seenAt };
        expect(parseViewer(formatViewer(given))).toEqual(given);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives a lone surrogate back as the replacement character', () => {
    expect(parseViewer(formatViewer({ ...viewer, path: '/a\ud800' }))?.path).toBe('/a\ufffd');
  });

  it('never throws', () => {
    const almost = fc
      .array(fc.oneof(fc.string(), fc.constantFrom('1', '_w', '%', '1767225600123')), {
        minLength: 5,
        maxLength: 7,
      })
      .map((fields) => fields.join(';'));
    fc.assert(
      fc.property(fc.oneof(fc.string(), almost), (header) => {
        expect(() => parseViewer(header)).not.toThrow();
      }),
    );
  });

  it.each([
    undefined,
    '',
    '2;host;L2FiYw;id;192.0.2.1;1',
    '1;host;L2FiYw;id;192.0.2.1',
    '1;host;L2FiYw;id;192.0.2.1;1;2',
    '1;;L2FiYw;id;192.0.2.1;1',
    '1;host;L2FiYw;;192.0.2.1;1',
    '1;host;*;id;192.0.2.1;1',
    '1;host;_w;id;192.0.2.1;1',
    '1;host;L2FiYw;id;192.0.2.1;soon',
  ])('refuses %s', (header) => {
    expect(parseViewer(header)).toBeUndefined();
  });
});
