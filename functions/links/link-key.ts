/** Where a link lives: `_` is the default domain. */
export interface LinkKey {
  readonly domain: string;
  readonly code: string;
}

export const defaultDomain = '_';

/** The longest code, in Unicode code points: graphemes have no bound in bytes, and a key has. */
export const longestCode = 64;

export const keyText = ({ domain, code }: LinkKey): string => `${domain}/${code}`;

/** The key of a `<domain>/<code>`; undefined where the text is none. */
export const parseKey = (text: string): LinkKey | undefined => {
  const slash = text.indexOf('/');
  if (slash < 1) return undefined;
  return { domain: text.slice(0, slash), code: text.slice(slash + 1) };
};

// What follows NFC has no variation selectors, so that ❤ is one code however a keyboard writes it.
// A mark needs something to sit on; a joiner holds only between two emoji. Each character fits one
// branch only (ℹ is a letter and a pictograph), or a hostile code would take exponential time.
const emoji = '(?!\\p{L})\\p{Extended_Pictographic}\\p{Emoji_Modifier}?';
const symbol = `(?:[\\p{L}\\p{Nd}_.~-]\\p{M}*|\\p{RI}\\p{RI}|${emoji}(?:\\u200D${emoji})*)`;
const codePattern = new RegExp(`^${symbol}+(?:/${symbol}+)*$`, 'u');
const variationSelectors = /[\uFE0E\uFE0F]/g;

/**
 * The one form of a code, for making a link and for following it; undefined where the text cannot be
 * a code: a character that none has, an empty or dotted segment, or more than 64 code points.
 */
export const normalizeCode = (text: string): string | undefined => {
  // Four UTF-16 units a code point is more than NFC ever composes into one.
  if (text.length > longestCode * 4) return undefined;
  const code = text.normalize('NFC').replace(variationSelectors, '').normalize('NFC');
  if ([...code].length > longestCode || !codePattern.test(code)) return undefined;
  return code.split('/').some((segment) => /^\.{1,2}$/.test(segment)) ? undefined : code;
};

/** The path of a code, percent-encoded, with its leading slash. */
export const pathOfCode = (code: string): string =>
  `/${code.split('/').map(encodeURIComponent).join('/')}`;

const plainCode = /^[A-Za-z0-9_-]+$/;

/** What addresses a link in the API, safe in any URL's path. */
export const toLinkId = (key: LinkKey): string =>
  key.domain === defaultDomain && plainCode.test(key.code)
    ? key.code
    : `~${Buffer.from(keyText(key), 'utf8').toString('base64url')}`;

/** The key of an id; undefined unless {@link toLinkId} gives that very id for it. */
export const parseLinkId = (id: string): LinkKey | undefined => {
  const key = id.startsWith('~')
    ? parseKey(Buffer.from(id.slice(1), 'base64url').toString('utf8'))
    : { domain: defaultDomain, code: id };
  if (key === undefined || normalizeCode(key.code) !== key.code) return undefined;
  return toLinkId(key) === id ? key : undefined;
};
