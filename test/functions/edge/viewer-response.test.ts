import { describe, expect, it } from 'vitest';
import type {
  EdgeResponse,
  ViewerResponseEvent,
} from '../../../functions/edge/cloudfront-event.ts';
import { bundleEdgeScript } from '../../../lib/constructs/edge-script.ts';
import { loadEdgeHandler } from './run-edge-script.ts';

const entry = 'functions/edge/viewer-response.ts';
const run = loadEdgeHandler<ViewerResponseEvent, EdgeResponse>(entry);

const cacheControlAfter = (statusCode: number, value?: string) =>
  run({
    response: { statusCode, headers: value === undefined ? {} : { 'cache-control': { value } } },
  }).headers['cache-control']?.value;

describe('viewer-response', () => {
  it('is far below the 10 KB that CloudFront takes', () => {
    expect(bundleEdgeScript(entry).length).toBeLessThan(1000);
  });

  it('keeps a redirect that CloudFront caches out of other caches', () => {
    expect(cacheControlAfter(302, 'public, max-age=0, s-maxage=300')).toBe('private, max-age=0');
    expect(cacheControlAfter(308, 'public, max-age=0, s-maxage=300')).toBe('private, max-age=0');
  });

  it('leaves no-store', () => {
    expect(cacheControlAfter(302, 'no-store')).toBe('no-store');
  });

  it('leaves what is no redirect', () => {
    expect(cacheControlAfter(200, 'public, max-age=86400')).toBe('public, max-age=86400');
  });

  it('adds nothing where the origin said nothing', () => {
    expect(cacheControlAfter(301)).toBeUndefined();
  });

  it('lets a response pass that it does not understand', () => {
    const odd = { response: { statusCode: 302 } as EdgeResponse };
    expect(run(odd)).toEqual({ statusCode: 302 });
  });
});
