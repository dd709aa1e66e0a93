import { EdgeRefusal } from './types.ts';

const maxTargetLength = 8_192;

/** Raw bytes beyond ASCII, which Node shows as Latin-1, travel on percent-encoded. */
const encodeBytes = (text: string): string =>
  text.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);

/** Splits a request target; refuses what cannot be one with 400, or 414 where it is too long. */
export const parseTarget = (target: string): { path: string; query: string } => {
  const origin = /^https?:\/\/[^/?#]*/i.exec(target)?.[0] ?? '';
  const text = target.slice(origin.length);
  const relative = encodeBytes(text === '' || text.startsWith('?') ? `/${text}` : text);
  if (relative.length > maxTargetLength) throw new EdgeRefusal(414, 'The URL is too long.');
  const mark = relative.indexOf('?');
  const path = mark < 0 ? relative : relative.slice(0, mark);
  const query = mark < 0 ? '' : relative.slice(mark + 1);
  const isBroken =
    !path.startsWith('/') ||
    /[^\x21-\x7e]|#/.test(relative) ||
    /%(?![0-9a-f]{2})/i.test(path) ||
    /%(?:[01][0-9a-f]|7f)/i.test(path) ||
    /%00/.test(query);
  if (isBroken) throw new EdgeRefusal(400, 'Bad request.');
  return { path, query };
};

const removeDotSegments = (path: string): string => {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if (isLast && (segment === '.' || segment === '..')) kept.push('');
  }
  return `/${kept.join('/')}`;
};

/** The form in which a path chooses its behaviour; what is forwarded stays raw. */
export const normalizePath = (path: string): string => {
  const decoded = path.replace(/%([0-9a-f]{2})/gi, (escaped, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\w.~-]/.test(character) ? character : escaped.toUpperCase();
  });
  return removeDotSegments(decoded.replace(/\/{2,}/g, '/'));
};

/** A path pattern of a cache behaviour: `*` is any text, `?` one character; case matters. */
export const compilePattern = (pattern: string): RegExp => {
  const rooted = pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`;
  const source = rooted
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '[^]*')
    .replace(/\?/g, '[^]');
  return new RegExp(`^${source}$`);
};
