/** What viewer-request learns of a request; packed into one header, which only the origin reads. */
export interface Viewer {
  /** As asked for, lower case, with its port if any. */
  readonly host: string;
  /** As it came over the wire: percent-encoded, without the query. */
  readonly path: string;
  readonly requestId: string;
  readonly ip: string;
  /** Epoch milliseconds at which the edge saw the request. */
  readonly seenAt: number;
}

const version = '1';

/** Drops what no host, address or request id holds, so that no field can run into the next. */
const field = (text: string): string => text.replace(/[^\w.:=+/[\]-]/g, '');

const percentEncode = (text: string): string => {
  try {
    return encodeURIComponent(text);
  } catch (_) {
    // A lone surrogate has no UTF-8 form. Matching surrogates is no way out: PCRE refuses them.
    return encodeURIComponent(text.replace(/[^ -~]/g, '\ufffd'));
  }
};

const utf8 = (text: string): string =>
  percentEncode(text).replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );

const toBase64url = (text: string): string =>
  btoa(utf8(text)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

const escapeByte = (byte: string): string =>
  byte < '\x80' && byte !== '%' ? byte : `%${(256 + byte.charCodeAt(0)).toString(16).slice(1)}`;

const fromBase64url = (text: string): string =>
  decodeURIComponent(
    Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), escapeByte).join(''),
  );

/** `1;<host>;<path, base64url>;<request id>;<ip>;<epoch ms>`. Runs at the edge: ES5.1 and little more. */
export const formatViewer = (viewer: Viewer): string =>
  [
    version,
    field(viewer.host),
    toBase64url(viewer.path),
    field(viewer.requestId),
    field(viewer.ip),
    String(viewer.seenAt),
  ].join(';');

/** Undefined where the header is absent, of another version or broken; never throws. */
export const parseViewer = (header: string | undefined): Viewer | undefined => {
  const fields = (header === undefined ? '' : header).split(';');
  if (fields.length !== 6 || fields[0] !== version) return undefined;
  const [, host = '', path = '', requestId = '', ip = '', stamp = ''] = fields;
  if (host === '' || requestId === '' || !/^\d{1,15}$/.test(stamp)) return undefined;
  try {
    return { host, path: fromBase64url(path), requestId, ip, seenAt: Number(stamp) };
  } catch {
    return undefined;
  }
};
