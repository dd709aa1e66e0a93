import type { EdgeHeaders, EdgeRequest, ViewerRequestEvent } from './cloudfront-event.ts';
import { isUnfurler } from './unfurlers.ts';
import { formatViewer } from './viewer.ts';

// Written in ES5.1 with `const`, arrows and templates: bundling lowers syntax, it adds no library.

const headerOf = (headers: EdgeHeaders, name: string): string => {
  const header = headers[name];
  return header ? header.value : '';
};

/** Who reads the answer: a person, a service that draws a preview, or a program. */
const kindOf = (headers: EdgeHeaders): string => {
  if (isUnfurler(headerOf(headers, 'user-agent'))) return 'unfurl';
  return headerOf(headers, 'accept').indexOf('text/html') >= 0 ? 'page' : 'program';
};

/** Tells the origin who asked for what; whatever the viewer itself sent under these names is lost. */
export const handler = (event: ViewerRequestEvent): EdgeRequest => {
  const request = event.request;
  const headers = request.headers;
  delete headers['x-hop-viewer'];
  delete headers['x-hop-kind'];
  delete headers['x-forwarded-host'];
  // An error here would answer the viewer with 503: without the header the origin still redirects.
  try {
    const host = headerOf(headers, 'host').toLowerCase();
    headers['x-forwarded-host'] = { value: host };
    headers['x-hop-kind'] = { value: kindOf(headers) };
    headers['x-hop-viewer'] = {
      value: formatViewer({
        host: host,
        path: request.uri,
        requestId: event.context.requestId,
        ip: event.viewer.ip,
        seenAt: Date.now(),
      }),
    };
  } catch (error) {
    console.log(`viewer-request: ${error}`);
  }
  return request;
};
