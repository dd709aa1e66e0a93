import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { parseViewer, type Viewer } from '../../edge/viewer.ts';
import type { Clock } from '../../kernel/clock.ts';

/** Who reads the answer, as the edge saw it: a person, a link preview or a program. */
export type ReaderKind = 'page' | 'unfurl' | 'program';

export interface RedirectRequest {
  readonly method: string;
  readonly kind: ReaderKind;
  readonly viewer: Viewer;
  /** Percent-decoded path without its leading slash; undefined where the encoding is broken. */
  readonly path: string | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export type RedirectEvent = APIGatewayProxyEventV2 & { request: RedirectRequest };

const decodePath = (path: string): string | undefined => {
  try {
    return decodeURIComponent(path.replace(/^\//, ''));
  } catch {
    return undefined;
  }
};

const kindOf = (header: string | undefined): ReaderKind =>
  header === 'page' || header === 'unfurl' ? header : 'program';

/**
 * Reads API Gateway's event. Should the edge function ever fail, its header is missing: then the
 * path that API Gateway has already decoded serves, and the address stays unknown, because the one
 * that API Gateway sees is CloudFront's.
 */
export const readRequest = (event: APIGatewayProxyEventV2, clock: Clock): RedirectRequest => {
  const { headers, rawPath, requestContext } = event;
  const viewer = parseViewer(headers['x-hop-viewer']);
  return {
    method: requestContext.http.method,
    kind: kindOf(headers['x-hop-kind']),
    path: viewer === undefined ? rawPath.replace(/^\//, '') : decodePath(viewer.path),
    headers,
    viewer: viewer ?? {
      host: requestContext.domainName,
      path: rawPath,
      requestId: requestContext.requestId,
      ip: '',
      seenAt: clock.now(),
    },
  };
};
