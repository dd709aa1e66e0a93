import { randomUUID } from 'node:crypto';
import { account } from '../template/resource-types.ts';
import type { RouteMatch } from './routes.ts';

export interface OriginRequest {
  readonly method: string;
  /** As it came over the wire, still percent-encoded, without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Buffer;
  readonly sourceIp: string;
}

export interface OriginResponse {
  readonly status: number;
  readonly headers: Record<string, string[]>;
  readonly body: Buffer;
}

/**
 * The path as API Gateway sees it: decoded, and cut at a question mark that was encoded.
 * Undefined where a percent sign stands alone.
 */
export const decodePath = (path: string): string | undefined => {
  if (/%(?![0-9a-f]{2})/i.test(path)) return undefined;
  const bytes = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const decoded = /[^\0-\x7f]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
  return decoded.split('?')[0];
};

const joinHeaders = (headers: OriginRequest['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name !== 'cookie')
      .map(([name, values]) => [name, values.join(',')]),
  );

const readQuery = (query: string): Record<string, string> | undefined => {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = Object.hasOwn(parameters, name) ? `${parameters[name]},${value}` : value;
  }
  return Object.keys(parameters).length > 0 ? parameters : undefined;
};

const isText = (contentType: string): boolean =>
  /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml)\b|application\/javascript\b)/i.test(
    contentType,
  );

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `23/Nov/2026:09:05:00 +0000` */
const logTime = (epochMs: number): string => {
  const [date = '', time = ''] = new Date(epochMs).toISOString().slice(0, 19).split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${time} +0000`;
};

/** The event of payload format 2.0. */
export const toEvent = (
  request: OriginRequest,
  match: RouteMatch,
  api: { readonly id: string; readonly domainName: string },
  nowMs: number,
) => {
  const { body, method, path, query, sourceIp } = request;
  const headers = joinHeaders(request.headers);
  const rawPath = decodePath(path) ?? path;
  const cookies = request.headers.cookie?.flatMap((value) => value.split('; '));
  const queryStringParameters = readQuery(query);
  const isBase64Encoded = body.byteLength > 0 && !isText(headers['content-type'] ?? '');
  const hasParameters = Object.keys(match.parameters).length > 0;
  return {
    version: '2.0',
    routeKey: match.route.key,
    rawPath,
    rawQueryString: query,
    ...(cookies && { cookies }),
    headers,
    ...(queryStringParameters && { queryStringParameters }),
    requestContext: {
      accountId: account,
      apiId: api.id,
      domainName: api.domainName,
      domainPrefix: api.id,
      http: {
        method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: match.route.key,
      stage: '$default',
      time: logTime(nowMs),
      timeEpoch: nowMs,
    },
    ...(hasParameters && { pathParameters: match.parameters }),
    ...(body.byteLength > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
};

export const message = (status: number, text: string): OriginResponse => ({
  status,
  headers: { 'content-type': ['application/json'] },
  body: Buffer.from(JSON.stringify({ message: text })),
});

export const internalError = (): OriginResponse => message(500, 'Internal Server Error');

const isPlain = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** What a function answered, as a response; whatever is no valid answer is an internal error. */
export const toResponse = (payload: unknown): OriginResponse => {
  if (typeof payload !== 'object' || payload === null || !('statusCode' in payload)) {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return {
      status: 200,
      headers: { 'content-type': ['application/json'] },
      body: Buffer.from(body),
    };
  }
  const {
    body = '',
    cookies = [],
    headers = {},
    isBase64Encoded = false,
  } = payload as {
    body?: unknown;
    cookies?: unknown;
    headers?: unknown;
    isBase64Encoded?: unknown;
  };
  const status = Number(payload.statusCode);
  const fields = Object.entries(headers ?? {});
  if (
    !(Number.isInteger(status) && status >= 100 && status <= 599) ||
    (typeof body !== 'string' && body !== null) ||
    !Array.isArray(cookies) ||
    !fields.every(([, value]) => isPlain(value))
  ) {
    return internalError();
  }
  const answered: Record<string, string[]> = {};
  for (const [name, value] of fields) answered[name.toLowerCase()] = [String(value)];
  if (cookies.length > 0) answered['set-cookie'] = cookies.map(String);
  const content = Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8');
  if (content.byteLength > 0) answered['content-type'] ??= ['text/plain;charset=utf-8'];
  return { status, headers: answered, body: content };
};
