import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../functions/kernel/clock.ts';
import { type Behavior, readBehaviors } from './cloudfront/config.ts';
import {
  applyRequest,
  applyResponse,
  toRequestShape,
  toResponseShape,
} from './cloudfront/event.ts';
import { compileFunction, type EdgeFunction } from './cloudfront/functions.ts';
import { isHopByHop, keepViewerHeaders, readViewer, type Viewer } from './cloudfront/headers.ts';
import { buildOriginRequest } from './cloudfront/origin-request.ts';
import { namesHeader } from './cloudfront/policies.ts';
import { normalizePath, parseTarget } from './cloudfront/target.ts';
import {
  type EdgeHeaders,
  EdgeRefusal,
  type EdgeRequest,
  type EdgeResponse,
} from './cloudfront/types.ts';
import { errorPage, readBody, readHeaders } from './cloudfront/viewer-http.ts';

export type { EdgeHeaders, EdgeRequest, EdgeResponse };

export interface Distribution {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** `path` and `query` of the request are ignored: `target` is what stood in the request line. */
  serve(target: string, request: Omit<EdgeRequest, 'path' | 'query'>): Promise<EdgeResponse>;
}

export interface DistributionOptions {
  /** The resolved DistributionConfig of the template. */
  properties: unknown;
  /** Resolved policy configs by id; AWS's own need not be there. */
  policies: Map<string, unknown>;
  /** Code by the ARN that the behaviours name. */
  functions: Map<string, string>;
  originFetch(originDomain: string, request: EdgeRequest): Promise<EdgeResponse>;
  clock: Clock;
  /** What functions log and why they failed. */
  log?: (line: string) => void;
}

// Neither is known to a template; a function sees them in its context.
const domainName = 'd111111abcdef8.cloudfront.net';
const distributionId = 'ELOCAL';
/**
 * CloudFront as the template configures it, without a cache. It answers plain http: the viewer
 * protocol policy has no effect, and origins and headers say https as they would on AWS.
 */
export const createDistribution = (options: DistributionOptions): Distribution => {
  const { clock, log = (line) => console.error(line) } = options;
  const behaviors = readBehaviors(options.properties, options.policies);
  const functions = new Map<string, EdgeFunction>();
  for (const { viewerRequest, viewerResponse } of behaviors) {
    for (const arn of [viewerRequest, viewerResponse]) {
      if (arn === undefined || functions.has(arn)) continue;
      const code = options.functions.get(arn);
      if (code === undefined) throw new Error(`CloudFront: no function has the ARN ${arn}`);
      functions.set(arn, compileFunction(arn.split('/').at(-1) ?? arn, code, { clock, log }));
    }
  }

  const run = (arn: string, event: Record<string, unknown>): Record<string, unknown> => {
    const result = functions.get(arn)?.run({ version: '1.0', ...event });
    if (result === undefined || 'error' in result) {
      const message = 'The CloudFront function is invalid or could not run.';
      throw new EdgeRefusal(503, message, 'FunctionExecutionError');
    }
    const { value } = result;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const message = 'The CloudFront function returned no request or response.';
      throw new EdgeRefusal(502, message, 'FunctionValidationError');
    }
    return value as Record<string, unknown>;
  };
  const contextOf = (eventType: string, requestId: string) => ({
    distributionDomainName: domainName,
    distributionId,
    eventType,
    requestId,
  });

  const fetchOrigin = async (behavior: Behavior, request: EdgeRequest): Promise<EdgeResponse> => {
    try {
      const response = await options.originFetch(behavior.origin.domain, request);
      const headers = Object.entries(response.headers).filter(([name]) => !isHopByHop(name));
      return { ...response, headers: Object.fromEntries(headers) };
    } catch (error) {
      log(`origin ${behavior.origin.domain}: ${String(error)}`);
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      throw new EdgeRefusal(isLate ? 504 : 502, 'CloudFront could not reach the origin.');
    }
  };

  const findBehavior = (request: EdgeRequest): Behavior => {
    const path = normalizePath(request.path);
    const behavior = behaviors.find((each) => each.matches(path)) as Behavior;
    const mayHaveBody = request.method !== 'GET' && request.method !== 'HEAD';
    if (!behavior.allowedMethods.has(request.method) || (!mayHaveBody && request.body.length > 0)) {
      throw new EdgeRefusal(403, 'This distribution does not allow this HTTP request.');
    }
    return behavior;
  };

  const respond = async (
    incoming: EdgeRequest,
    viewer: Viewer,
    requestId: string,
  ): Promise<{ response: EdgeResponse; result: string }> => {
    const behavior = findBehavior(incoming);
    const told = Object.entries(viewer.headers).filter(([name]) =>
      namesHeader(behavior.policies, name),
    );
    let request: EdgeRequest = {
      ...incoming,
      headers: { ...keepViewerHeaders(incoming.headers), ...Object.fromEntries(told) },
    };
    const shared = { viewer: { ip: viewer.ip } };
    if (behavior.viewerRequest !== undefined) {
      const shape = toRequestShape(request);
      const context = contextOf('viewer-request', requestId);
      const after = run(behavior.viewerRequest, { context, ...shared, request: shape });
      if ('statusCode' in after) {
        const empty = { status: 200, headers: {}, body: Buffer.alloc(0) };
        const response = applyResponse(empty, undefined, after);
        behavior.setResponseHeaders(response.headers);
        return { response, result: 'FunctionGeneratedResponse' };
      }
      request = applyRequest(request, shape, after);
    }
    const originRequest = buildOriginRequest(request, behavior, { viewer, requestId, domainName });
    let response = await fetchOrigin(behavior, originRequest);
    behavior.setResponseHeaders(response.headers);
    const isError = response.status >= 400;
    if (behavior.viewerResponse !== undefined && !isError) {
      const shape = toResponseShape(response);
      const context = contextOf('viewer-response', requestId);
      const event = { context, ...shared, request: toRequestShape(request), response: shape };
      response = applyResponse(response, shape, run(behavior.viewerResponse, event));
    }
    return { response, result: isError ? 'Error' : 'Miss' };
  };

  const finish = (response: EdgeResponse, result: string, requestId: string): EdgeResponse => ({
    ...response,
    headers: {
      ...response.headers,
      via: [[...(response.headers.via ?? []), `1.1 ${domainName} (CloudFront)`].join(', ')],
      'x-cache': [`${result} from cloudfront`],
      'x-amz-cf-pop': ['LOCAL1-C1'],
      'x-amz-cf-id': [requestId],
    },
  });

  const serveReading = async (
    target: string,
    read: () => Promise<Omit<EdgeRequest, 'path' | 'query'>>,
  ): Promise<EdgeResponse> => {
    const requestId = `${randomBytes(40).toString('base64url')}==`;
    try {
      const incoming = { ...(await read()), ...parseTarget(target) };
      const viewer = readViewer(incoming.headers);
      const { response, result } = await respond(incoming, viewer, requestId);
      return finish(response, result, requestId);
    } catch (error) {
      if (!(error instanceof EdgeRefusal)) log(`edge: ${String(error)}`);
      const refusal =
        error instanceof EdgeRefusal ? error : new EdgeRefusal(502, 'The local edge failed.');
      return finish(errorPage(refusal, requestId), refusal.result, requestId);
    }
  };

  return {
    serve: (target, request) => serveReading(target, async () => request),
    handle: async (req, res) => {
      const method = req.method ?? 'GET';
      const response = await serveReading(req.url ?? '/', async () => ({
        method,
        headers: readHeaders(req.rawHeaders),
        body: await readBody(req),
        sourceIp: req.socket.remoteAddress ?? '127.0.0.1',
      }));
      const { 'content-length': length, ...headers } = response.headers;
      for (const [name, values] of Object.entries(headers)) {
        res.setHeader(name, values.length === 1 ? (values[0] as string) : values);
      }
      const hasNoBody = response.status === 204 || response.status === 304;
      if (method === 'HEAD') {
        if (length?.[0] !== undefined) res.setHeader('content-length', length[0]);
      } else if (!hasNoBody) res.setHeader('content-length', response.body.length);
      res.writeHead(response.status);
      res.end(method === 'HEAD' || hasNoBody ? undefined : response.body);
    },
  };
};
