import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkDestination,
  type DestinationPolicy,
  longestUrl,
} from '../../../../functions/links/destinations/destination.ts';

const policy: DestinationPolicy = {
  allowSingleLabelHosts: false,
  blockedHosts: ['bad.example', 'Bücher.example'],
  ownHosts: ['hop.example', '127.0.0.1:8080', 'GO.Example.:8443'],
};
const check = (text: string, changes: Partial<DestinationPolicy> = {}) =>
  checkDestination(text, { ...policy, ...changes });

const corpus = readFileSync(new URL('../../../fixtures/urls.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '');

describe('checkDestination', () => {
  it('refuses seven lines of the corpus, each for its reason, and accepts 5,290', () => {
    const refused = corpus.flatMap((line) => {
      const verdict = check(line);
      return verdict.kind === 'refused' ? [verdict.code] : [];
    });
    expect(corpus).toHaveLength(5297);
    expect(refused.sort()).toEqual([
      'malformed-url',
      'metadata-address',
      'private-address',
      ...Array.from({ length: 4 }, () => 'single-label-host'),
    ]);
  });

  it.each([
    ['HTTP://Example.ORG:80/a b/../c?q=ü#F', 'http://example.org/c?q=%C3%BC#F'],
    ['https://bücher.org', 'https://xn--bcher-kva.org/'],
    ['  https://example.org\n/x ', 'https://example.org/x'],
    ['https://example.org.', 'https://example.org./'],
    ['https://notbad.example/', 'https://notbad.example/'],
    ['https://below.hop.example/', 'https://below.hop.example/'],
    ['https://@example.org/', 'https://example.org/'],
  ])('stores %j in its WHATWG form', (text, url) => {
    expect(check(text)).toEqual({ kind: 'accepted', url });
  });

  it.each([
    ['', 'malformed-url'],
    ['example.org', 'malformed-url'],
    ['//example.org', 'malformed-url'],
    ['https://', 'malformed-url'],
    ['https://exa mple.org', 'malformed-url'],
    ['https://example.org:99999', 'malformed-url'],
    ['https://1.2.3.4.5', 'malformed-url'],
    ['https://a..example.org', 'malformed-url'],
    ['https://.example.org', 'malformed-url'],
    ['https://example.org..', 'malformed-url'],
    ['https://example.org/\0', 'malformed-url'],
    ['https://example.org/\ud800', 'malformed-url'],
    ['javascript:alert(1)', 'scheme-not-allowed'],
    ['data:text/html,x', 'scheme-not-allowed'],
    ['mailto:a@example.org', 'scheme-not-allowed'],
    ['ftp://example.org/', 'scheme-not-allowed'],
    ['file:///etc/passwd', 'scheme-not-allowed'],
    ['https://user@example.org/', 'credentials-in-url'],
    ['https://:pass@example.org/', 'credentials-in-url'],
    ['https://example.org@evil.example/', 'credentials-in-url'],
    ['http://wiki/', 'single-label-host'],
    ['http://wiki./', 'single-label-host'],
    ['http://localhost:3000/', 'loopback-address'],
    ['http://LOCALHOST./', 'loopback-address'],
    ['http://app.localhost/', 'loopback-address'],
    ['http://metadata.google.internal/computeMetadata/v1/', 'metadata-address'],
    ['http://2130706434/', 'loopback-address'],
    ['http://0x7f.2/', 'loopback-address'],
    ['http://[::ffff:169.254.169.254]/', 'metadata-address'],
    ['https://hop.example/abc', 'own-host'],
    ['https://HOP.example.:444/abc', 'own-host'],
    ['http://127.1:8080/abc', 'own-host'],
    ['https://go.example/', 'own-host'],
    ['https://bad.example/', 'blocked-host'],
    ['https://very.BAD.example./', 'blocked-host'],
    ['https://shop.xn--bcher-kva.example/', 'blocked-host'],
  ])('refuses %j as %s, and says why', (text, code) => {
    expect(check(text)).toMatchObject({
      kind: 'refused',
      code,
      detail: expect.stringMatching(/ /),
    });
  });

  it('counts the length of the normal form', () => {
    const base = 'https://example.org/';
    const fits = base + 'x'.repeat(longestUrl - base.length);
    expect(check(fits)).toEqual({ kind: 'accepted', url: fits });
    expect(check(`${fits}x`)).toMatchObject({ code: 'url-too-long' });
    expect(check(`${base}${'ü'.repeat(400)}`)).toMatchObject({ code: 'url-too-long' });
    expect(check(`${base}${'/a/..'.repeat(2000)}`)).toMatchObject({ kind: 'accepted' });
    expect(check(base + 'x'.repeat(10_000))).toMatchObject({ code: 'url-too-long' });
  });

  it('allows local names in an intranet, but never the machine itself', () => {
    const intranet = { allowSingleLabelHosts: true };
    expect(check('http://wiki/', intranet)).toMatchObject({ kind: 'accepted' });
    expect(check('http://localhost/', intranet)).toMatchObject({ code: 'loopback-address' });
  });

  it('accepts what it gave once more, unchanged', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (text) => {
        const verdict = check(text);
        if (verdict.kind === 'accepted') expect(check(verdict.url)).toEqual(verdict);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(check(text).kind).toBe('refused');
        expect(check(`http://${text}`).kind).toMatch(/accepted|refused/);
      }),
    );
  });
});
