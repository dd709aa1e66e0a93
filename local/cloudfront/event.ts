import { isDeepStrictEqual } from 'node:util';
import { isHiddenFromFunctions } from './headers.ts';
import { type EdgeHeaders, EdgeRefusal, type EdgeRequest, type EdgeResponse } from './types.ts';

export interface EventValue {
  value: string;
  attributes?: string;
  multiValue?: { value: string; attributes?: string }[];
}

type EventValues = Record<string, EventValue>;

export interface RequestShape {
  method: string;
  uri: string;
  querystring: EventValues;
  headers: EventValues;
  cookies: EventValues;
}

export interface ResponseShape {
  statusCode: number;
  statusDescription?: string;
  headers: EventValues;
  cookies: EventValues;
}

const readOnly = {
  request: ['cdn-loop', 'content-length', 'host', 'transfer-encoding', 'via'],
  response: ['warning', 'via'],
};

const invalid = (reason: string): EdgeRefusal =>
  new EdgeRefusal(
    502,
    `The CloudFront function result is invalid: ${reason}.`,
    'FunctionValidationError',
  );

const collapse = (pairs: Iterable<readonly [string, { value: string }]>): EventValues => {
  const values: EventValues = Object.create(null);
  for (const [name, value] of pairs) {
    const existing = values[name];
    if (existing === undefined) values[name] = { ...value };
    else {
      const { multiValue: _, ...first } = existing;
      existing.multiValue = [...(existing.multiValue ?? [first]), value];
    }
  }
  return values;
};

const splitPair = (pair: string): readonly [string, { value: string }] => {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, { value: '' }] : [pair.slice(0, at), { value: pair.slice(at + 1) }];
};

const toEventHeaders = (headers: EdgeHeaders, separate: string): EventValues =>
  collapse(
    Object.entries(headers)
      .filter(([name]) => name !== separate && !isHiddenFromFunctions(name))
      .flatMap(([name, values]) => values.map((value) => [name, { value }] as const)),
  );

export const toRequestShape = (request: EdgeRequest): RequestShape => ({
  method: request.method,
  uri: request.path,
  querystring: collapse(request.query.split('&').filter(Boolean).map(splitPair)),
  headers: toEventHeaders(request.headers, 'cookie'),
  cookies: collapse(
    (request.headers.cookie ?? [])
      .flatMap((header) => header.split(';'))
      .map((cookie) => cookie.trim())
      .filter(Boolean)
      .map(splitPair),
  ),
});

export const toResponseShape = (response: EdgeResponse): ResponseShape => ({
  statusCode: response.status,
  headers: toEventHeaders(response.headers, 'set-cookie'),
  cookies: collapse(
    (response.headers['set-cookie'] ?? []).map((header) => {
      const [pair = '', ...attributes] = header.split(';');
      const [name, value] = splitPair(pair.trim());
      return [name, { ...value, attributes: attributes.join(';').trim() }] as const;
    }),
  ),
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One name's values after a run: a changed `multiValue` wins over a changed `value`. */
const valuesOf = (name: string, before: EventValue | undefined, after: unknown): EventValue[] => {
  if (!isObject(after)) throw invalid(`${name} is not an object`);
  const { multiValue, ...first } = after as unknown as EventValue;
  const isMultiple = Array.isArray(multiValue) && multiValue.length > 0;
  const hasChanged = isMultiple && !isDeepStrictEqual(multiValue, before?.multiValue);
  const values = isMultiple ? (hasChanged ? multiValue : [first, ...multiValue.slice(1)]) : [first];
  for (const { value } of values) {
    if (typeof value !== 'string') throw invalid(`the value of ${name} is not a string`);
    if (/[^\t\x20-\u{10ffff}]|\x7f/u.test(value)) {
      throw invalid(`the value of ${name} has control characters`);
    }
  }
  return values;
};

const entriesOf = (what: string, before: EventValues, after: unknown): [string, EventValue[]][] => {
  if (after === undefined) return [];
  if (!isObject(after)) throw invalid(`${what} is not an object`);
  return Object.entries(after).map(([name, value]) => [name, valuesOf(name, before[name], value)]);
};

const applyHeaders = (
  kind: 'request' | 'response',
  headers: EdgeHeaders,
  before: EventValues,
  after: unknown,
): EdgeHeaders => {
  const changed: EdgeHeaders = {};
  for (const [name, values] of entriesOf('headers', before, after)) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) throw invalid(`the header name ${name}`);
    if (isHiddenFromFunctions(name)) throw invalid(`the header ${name} may not be set`);
    // Text travels as UTF-8; Node writes headers as Latin-1, byte by byte.
    changed[name] = values.map(({ value }) =>
      /[\u0100-\uffff]/.test(value) ? Buffer.from(value).toString('latin1') : value,
    );
  }
  const original = Object.entries(headers);
  for (const name of readOnly[kind]) {
    if (!isDeepStrictEqual(changed[name], headers[name])) {
      throw invalid(`the header ${name} is read-only`);
    }
  }
  return {
    ...Object.fromEntries(original.filter(([name]) => isHiddenFromFunctions(name))),
    ...changed,
  };
};

const formatPairs = (entries: [string, EventValue[]][]): string[] =>
  entries.flatMap(([name, values]) => values.map(({ value }) => `${name}=${value}`));

/** The request as the function left it. */
export const applyRequest = (
  request: EdgeRequest,
  before: RequestShape,
  after: Record<string, unknown>,
): EdgeRequest => {
  const { uri, method } = after;
  if (method !== undefined && method !== request.method) throw invalid('the method is read-only');
  if (typeof uri !== 'string' || !uri.startsWith('/')) throw invalid('uri must begin with a slash');
  if (/[^\x21-\u{10ffff}]|[?#\x7f]/u.test(uri)) throw invalid('uri has characters not allowed');
  const path = uri === before.uri ? request.path : encodeURI(uri).replace(/%25/g, '%');
  let { query } = request;
  if (!isDeepStrictEqual({ ...before.querystring }, after.querystring ?? {})) {
    query = formatPairs(entriesOf('querystring', before.querystring, after.querystring)).join('&');
    if (/[\s#]/.test(query)) throw invalid('querystring has characters not allowed');
  }
  if (path.length + query.length >= 8_192) throw invalid('the URI is too long');
  const { cookie: _, ...others } = request.headers;
  const headers = applyHeaders('request', others, before.headers, after.headers);
  const cookies = formatPairs(entriesOf('cookies', before.cookies, after.cookies));
  if (cookies.length > 0) headers.cookie = [cookies.join('; ')];
  return { ...request, path, query, headers };
};

const maxBodyBytes = 40_960;

const readBody = (body: unknown): Buffer => {
  const { data, encoding } = isObject(body) ? body : { data: body, encoding: 'text' };
  if (typeof data !== 'string' || (encoding !== 'text' && encoding !== 'base64')) {
    throw invalid('the body must be text or base64');
  }
  if (encoding === 'base64' && !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) {
    throw invalid('the body is not base64');
  }
  const bytes = Buffer.from(data, encoding === 'text' ? 'utf8' : 'base64');
  if (bytes.length > maxBodyBytes) throw invalid('the body is too large');
  return bytes;
};

/** The response as the function left it, or made it: `before` is then undefined. */
export const applyResponse = (
  response: EdgeResponse,
  before: ResponseShape | undefined,
  after: Record<string, unknown>,
): EdgeResponse => {
  const { statusCode } = after;
  if (!Number.isInteger(statusCode) || Number(statusCode) < 200 || Number(statusCode) > 599) {
    throw invalid('statusCode must be an integer from 200 to 599');
  }
  const { 'set-cookie': _, ...others } = response.headers;
  const headers = applyHeaders('response', others, before?.headers ?? {}, after.headers ?? {});
  const cookies = entriesOf('cookies', before?.cookies ?? {}, after.cookies).flatMap(
    ([name, values]) =>
      values.map(
        ({ value, attributes }) => `${name}=${value}${attributes ? `; ${attributes}` : ''}`,
      ),
  );
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  const body = after.body === undefined ? response.body : readBody(after.body);
  if (after.body !== undefined) delete headers['content-length'];
  return { status: Number(statusCode), headers, body };
};
