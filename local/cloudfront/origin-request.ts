import type { Behavior } from './config.ts';
import { isHopByHop, type Viewer } from './headers.ts';
import { forwards, namesHeader } from './policies.ts';
import type { EdgeHeaders, EdgeRequest } from './types.ts';

// What an API in a region sees of CloudFront: an address of the edge, never the viewer's.
const edgeIp = '130.176.0.1';

// Each has a rule of its own below.
const special = new Set([
  'accept-encoding',
  'content-length',
  'cookie',
  'host',
  'user-agent',
  'x-forwarded-for',
]);

const keepPairs = (pairs: string[], separator: string, isKept: (name: string) => boolean): string =>
  pairs.filter((pair) => pair !== '' && isKept(pair.split('=', 1)[0] ?? '')).join(separator);

/** What the policies let through, and what CloudFront always adds. */
export const buildOriginRequest = (
  request: EdgeRequest,
  behavior: Behavior,
  context: { viewer: Viewer; requestId: string; domainName: string },
): EdgeRequest => {
  const { policies, origin } = behavior;
  const { headers: incoming } = request;
  const isForwarded = (name: string): boolean => forwards(policies, 'headers', name);
  const headers: EdgeHeaders = {};
  for (const [name, values] of Object.entries(incoming)) {
    if (special.has(name) || isHopByHop(name) || name.startsWith('cloudfront-')) continue;
    if (isForwarded(name)) headers[name] = values;
  }
  for (const [name, values] of Object.entries(context.viewer.headers)) {
    if (namesHeader(policies, name)) headers[name] = values;
  }
  const accepted = incoming['accept-encoding']?.join(',') ?? '';
  const encodings = behavior.encodings.filter((coding) => accepted.includes(coding));
  if (behavior.encodings.length > 0) {
    if (encodings.length > 0) headers['accept-encoding'] = [encodings.join(',')];
  } else if (accepted !== '' && isForwarded('accept-encoding')) {
    headers['accept-encoding'] = [accepted];
  }
  const cookies = keepPairs(
    (incoming.cookie ?? []).flatMap((header) => header.split(';')).map((pair) => pair.trim()),
    '; ',
    (name) => forwards(policies, 'cookies', name),
  );
  if (cookies !== '') headers.cookie = [cookies];
  const agent = isForwarded('user-agent') ? incoming['user-agent'] : undefined;
  headers['user-agent'] = agent ?? ['Amazon CloudFront'];
  headers.host = isForwarded('host') && incoming.host ? incoming.host : [origin.domain];
  headers['x-forwarded-for'] = [
    [...(incoming['x-forwarded-for'] ?? []), context.viewer.ip].join(', '),
  ];
  headers.via = [[...(incoming.via ?? []), `1.1 ${context.domainName} (CloudFront)`].join(', ')];
  headers['x-amz-cf-id'] = [context.requestId];
  if (request.body.length > 0) headers['content-length'] = [String(request.body.length)];
  const query = keepPairs(request.query.split('&'), '&', (name) =>
    forwards(policies, 'query', name),
  );
  return {
    method: request.method,
    path: origin.path + request.path,
    query,
    headers: { ...headers, ...origin.customHeaders },
    body: request.body,
    sourceIp: edgeIp,
  };
};
