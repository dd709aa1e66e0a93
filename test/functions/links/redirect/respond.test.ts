import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AnswerCode, answers } from '../../../../functions/links/redirect/answers.ts';
import type { ReaderKind } from '../../../../functions/links/redirect/request.ts';
import {
  respondAnswer,
  respondPreview,
  respondRedirect,
} from '../../../../functions/links/redirect/respond.ts';

const readerOf = (kind: ReaderKind, method = 'GET', requestId = 'Req-1') => ({
  kind,
  method,
  viewer: { host: 'a', path: '/abc', requestId, ip: '203.0.113.9', seenAt: 0 },
});
const codes = Object.keys(answers) as AnswerCode[];

describe('respondRedirect', () => {
  it('sends the visitor on, past every cache', () => {
    expect(respondRedirect(readerOf('page'), 307, 'https://example.org/')).toEqual({
      statusCode: 307,
      headers: {
        location: 'https://example.org/',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    });
  });
});

describe('respondAnswer', () => {
  it.each(codes)('gives %s as a page, as plain text and as a problem', (code) => {
    const { status, title, detail } = answers[code];
    const page = respondAnswer(readerOf('page'), code);
    expect(page.statusCode).toBe(status);
    expect(page.headers?.['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain(`<h1>${title}</h1>`);
    const plain = respondAnswer(readerOf('unfurl'), code);
    expect(plain).toMatchObject({ statusCode: status, body: `${title}\n` });
    const problem = respondAnswer(readerOf('program'), code);
    expect(problem.headers?.['content-type']).toBe('application/problem+json');
    expect(JSON.parse(problem.body ?? '')).toEqual({
      type: `urn:hopgate:problem:${code}`,
      title,
      status,
      detail,
      instance: 'urn:hopgate:request:Req-1',
      code,
    });
  });

  it.each(codes)('is never kept by a cache: %s', (code) => {
    for (const kind of ['page', 'unfurl', 'program'] as const) {
      expect(respondAnswer(readerOf(kind), code).headers?.['cache-control']).toBe('no-store');
    }
  });

  it('answers HEAD as GET, without the body', () => {
    const { body: _, ...get } = respondAnswer(readerOf('page'), 'unknown');
    expect(respondAnswer(readerOf('page', 'HEAD'), 'unknown')).toEqual(get);
  });

  it('lets a page load nothing and run nothing but its own style', () => {
    const { headers, body = '' } = respondAnswer(readerOf('page'), 'expired');
    const style = /<style>([\s\S]*)<\/style>/.exec(body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = String(headers?.['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src 'sha256-${hash}'`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(body).not.toMatch(/<script|javascript:|\son\w+=|url\(|src=/i);
    expect(style).toContain('prefers-color-scheme:dark');
    expect(body).toMatch(/^<!doctype html>\n<html lang="en">/);
  });

  it('escapes the request id', () => {
    const { body } = respondAnswer(readerOf('page', 'GET', '<img>"'), 'unknown');
    expect(body).toContain('&lt;img&gt;&quot;');
    expect(body).not.toContain('<img>');
  });
});

describe('respondPreview', () => {
  it('shows the destination, with a link that tells it nothing', () => {
    const { statusCode, headers, body } = respondPreview(
      readerOf('page'),
      'https://example.org/a?b=1&c=2',
    );
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer' });
    expect(body).toContain('<strong>example.org</strong>');
    expect(body).toContain('href="https://example.org/a?b=1&amp;c=2" rel="noreferrer noopener"');
  });

  it('shows a look-alike host in punycode', () => {
    const { body } = respondPreview(readerOf('page'), 'https://\u0430pple.com/');
    expect(body).toContain('<strong>xn--pple-43d.com</strong>');
    expect(body).not.toContain('\u0430');
  });

  it('escapes what stands in the destination', () => {
    const { body } = respondPreview(
      readerOf('page'),
      `https://example.org/?q="'><script>alert(1)</script>`,
    );
    expect(body).not.toMatch(/<script|"'>/);
  });

  it('shows a destination without a host', () => {
    expect(respondPreview(readerOf('page'), 'mailto:a@example.org').body).toContain(
      '<strong>mailto:</strong>',
    );
  });
});
