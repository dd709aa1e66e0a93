import { describe, expect, it } from 'vitest';
import {
  linkResponse,
  presentLink,
  shortUrlOf,
} from '../../../../functions/links/api/link-response.ts';
import { exampleLink, exampleTime } from '../example-link.ts';

describe('presentLink', () => {
  it('leaves out what is absent, and what is nobody’s business', () => {
    expect(presentLink(exampleLink({ reservedUntil: 1 }), 'hop.example')).toEqual({
      id: 'spring',
      code: 'spring',
      domain: '_',
      shortUrl: 'https://hop.example/spring',
      url: 'https://example.org/',
      status: 302,
      state: 'active',
      version: 1,
      createdAt: '2026-01-01T00:00:00.000Z',
      tags: [],
    });
  });

  it('writes times in ISO 8601', () => {
    const link = exampleLink({ startsAt: exampleTime, expiresAt: exampleTime + 1, title: 'T' });
    expect(presentLink(link, 'hop.example')).toMatchObject({
      startsAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-01T00:00:00.001Z',
      title: 'T',
    });
  });
});

describe('shortUrlOf', () => {
  it.each([
    ['127.0.0.1:8080', 'http://127.0.0.1:8080/spring'],
    ['localhost', 'http://localhost/spring'],
    ['hop.example:8443', 'https://hop.example:8443/spring'],
    ['localhost.example', 'https://localhost.example/spring'],
  ])('follows the host of the request: %s', (host, shortUrl) => {
    expect(shortUrlOf(exampleLink(), host)).toBe(shortUrl);
  });

  it('uses the link’s own domain, and encodes the code', () => {
    const link = exampleLink({ domain: 'go.example', code: 'a/ü' });
    expect(shortUrlOf(link, 'hop.example')).toBe('https://go.example/a/%C3%BC');
  });
});

describe('linkResponse', () => {
  it('carries the version as ETag', () => {
    expect(linkResponse(200, exampleLink({ version: 7 }), 'h.example').headers).toEqual({
      etag: '"7"',
    });
  });
});
