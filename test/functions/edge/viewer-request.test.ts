import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EdgeRequest, ViewerRequestEvent } from '../../../functions/edge/cloudfront-event.ts';
import { parseViewer } from '../../../functions/edge/viewer.ts';
import { bundleEdgeScript } from '../../../lib/constructs/edge-script.ts';
import { loadEdgeHandler } from './run-edge-script.ts';

const entry = 'functions/edge/viewer-request.ts';
const run = loadEdgeHandler<ViewerRequestEvent, EdgeRequest>(entry);
const browserAccept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

const eventOf = (
  headers: Record<string, string>,
  { uri = '/abc', method = 'GET' } = {},
): ViewerRequestEvent => ({
  context: { requestId: 'Req-1_x==' },
  viewer: { ip: '203.0.113.9' },
  request: {
    uri,
    method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }])),
  },
});

const headersOf = ({ headers }: EdgeRequest) =>
  Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name, value]));

describe('viewer-request', () => {
  it('is far below the 10 KB that CloudFront takes', () => {
    expect(bundleEdgeScript(entry).length).toBeLessThan(3000);
  });

  it('tells the origin who asked for what, and when', () => {
    const before = Date.now();
    const headers = headersOf(run(eventOf({ host: 'Go.Example.com:8443' }, { uri: '/caf%C3%A9' })));
    expect(headers['x-forwarded-host']).toBe('go.example.com:8443');
    const viewer = parseViewer(headers['x-hop-viewer']);
    expect(viewer).toMatchObject({
      host: 'go.example.com:8443',
      path: '/caf%C3%A9',
      requestId: 'Req-1_x==',
      ip: '203.0.113.9',
    });
    expect(viewer?.seenAt).toBeGreaterThanOrEqual(before);
    expect(viewer?.seenAt).toBeLessThanOrEqual(Date.now());
  });

  it('overwrites what a viewer forges', () => {
    const forged = {
      host: 'go.example.com',
      'x-hop-viewer': '1;evil.example;L2V2aWw;forged;192.0.2.66;1',
      'x-forwarded-host': 'evil.example',
      'x-hop-kind': 'unfurl',
    };
    const headers = headersOf(run(eventOf(forged)));
    expect(headers).toMatchObject({
      'x-forwarded-host': 'go.example.com',
      'x-hop-kind': 'program',
    });
    expect(parseViewer(headers['x-hop-viewer'])).toMatchObject({ ip: '203.0.113.9', path: '/abc' });
  });

  it.each([
    ['page', { accept: browserAccept, 'user-agent': 'Mozilla/5.0 Firefox/143.0' }],
    ['program', { accept: '*/*', 'user-agent': 'curl/8.9.1' }],
    ['program', { accept: 'application/json' }],
    ['program', {}],
    ['unfurl', { accept: '*/*', 'user-agent': 'Slackbot-LinkExpanding 1.0' }],
    ['unfurl', { accept: browserAccept, 'user-agent': 'facebookexternalhit/1.1' }],
  ])('calls the reader a %s', (kind, headers) => {
    expect(headersOf(run(eventOf({ host: 'a', ...headers })))['x-hop-kind']).toBe(kind);
  });

  it('keeps every other header, path and method', () => {
    const given = eventOf({ host: 'a.example', cookie: 'x=1' }, { uri: '/x%2Fy', method: 'HEAD' });
    expect(run(given)).toMatchObject({
      uri: '/x%2Fy',
      method: 'HEAD',
      headers: { host: { value: 'a.example' }, cookie: { value: 'x=1' } },
    });
  });

  it('lets the request pass without the header when something is missing', () => {
    const broken = { ...eventOf({ 'x-hop-viewer': 'forged' }), viewer: undefined as never };
    expect(headersOf(run(broken))).not.toHaveProperty('x-hop-viewer');
  });

  it('gives any path to the origin as it came', () => {
    const path = fc.string({ unit: fc.constantFrom('%', '/', '😀', 'é', '%F0', '+', ';', 'a') });
    fc.assert(
      fc.property(path, (uri) => {
        const headers = headersOf(run(eventOf({ host: 'a.example' }, { uri })));
        expect(parseViewer(headers['x-hop-viewer'])?.path).toBe(uri);
      }),
    );
  });
});
