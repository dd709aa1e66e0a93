import type { EdgeResponse, ViewerResponseEvent } from './cloudfront-event.ts';

/**
 * Keeps a redirect that CloudFront may cache out of every other cache, so that edits and counts hold.
 * CloudFront does not run it where the origin answers 400 or above.
 */
export const handler = (event: ViewerResponseEvent): EdgeResponse => {
  const response = event.response;
  try {
    const isRedirect = response.statusCode >= 300 && response.statusCode < 400;
    const cacheControl = response.headers['cache-control'];
    if (isRedirect && cacheControl && cacheControl.value.indexOf('no-store') < 0) {
      response.headers['cache-control'] = { value: 'private, max-age=0' };
    }
  } catch (error) {
    console.log(`viewer-response: ${error}`);
  }
  return response;
};
