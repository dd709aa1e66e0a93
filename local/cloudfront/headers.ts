import { isIP } from 'node:net';
import type { EdgeHeaders } from './types.ts';

/** Of one connection only, or made anew by CloudFront. */
export const isHopByHop = (name: string): boolean =>
  /^(connection|expect|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/.test(name);

/** Neither shown to edge functions nor accepted from them. */
export const isHiddenFromFunctions = (name: string): boolean =>
  /^(connection|expect|keep-alive|proxy-(authenticate|authorization|connection)|trailer|upgrade|x-accel-(buffering|charset|limit-rate|redirect)|x-amz-cf-.*|x-amzn-(auth|cf-billing|cf-id|cf-xff|errortype|fle-profile|header-count|header-order|lambda-integration-tag|requestid)|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/.test(
    name,
  );

const isEdgeOnly = (name: string): boolean =>
  /^(cloudfront-|x-edge-|x-amz-cf-|x-local-)/.test(name) ||
  name === 'x-forwarded-proto' ||
  name === 'x-real-ip';

/** What CloudFront would know of a viewer and a request cannot tell: here it says so itself. */
export interface Viewer {
  readonly ip: string;
  readonly headers: EdgeHeaders;
}

// A header arrives as Latin-1 text of its bytes; CloudFront encodes what is not ASCII.
const encode = (value: string): string =>
  value.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);

/** Reads the x-local-viewer- headers; an address that is none counts as absent. */
export const readViewer = (headers: EdgeHeaders): Viewer => {
  const local = (name: string): string => headers[`x-local-viewer-${name}`]?.[0]?.trim() ?? '';
  const ip = isIP(local('ip')) > 0 ? local('ip') : '127.0.0.1';
  const known = {
    'cloudfront-viewer-address': `${ip}:50000`,
    'cloudfront-viewer-country': local('country').toUpperCase(),
    'cloudfront-viewer-country-region': local('region'),
    'cloudfront-viewer-city': encode(local('city')),
    'cloudfront-viewer-asn': local('asn'),
    'cloudfront-viewer-http-version': '1.1',
    'cloudfront-forwarded-proto': 'https',
  };
  const entries = Object.entries(known).filter(([, value]) => value !== '');
  return { ip, headers: Object.fromEntries(entries.map(([name, value]) => [name, [value]])) };
};

/** The viewer's own headers, without those that only CloudFront may speak. */
export const keepViewerHeaders = (headers: EdgeHeaders): EdgeHeaders =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !isEdgeOnly(name) && !isHopByHop(name)),
  );
