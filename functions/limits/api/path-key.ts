import { parseWith } from '../../http/parse-request.ts';
import { validationFailed } from '../../kernel/errors.ts';
import { keySchema } from './check-schemas.ts';

const plain = /^[\w.@:+=-][\w.@:+=~-]*$/;
const dots = /^\.{1,2}$/;

/** How a key stands in a path: as it is where that is safe, else `~` and its UTF-8 in base64url. */
export const toPathKey = (key: string): string =>
  plain.test(key) && !dots.test(key) ? key : `~${Buffer.from(key, 'utf8').toString('base64url')}`;

/**
 * The key of a path. One that begins with `~` is base64url; any other may be percent-encoded, but
 * for a slash, which API Gateway decodes before it looks for the route.
 * @throws AppError `validation-failed`
 */
export const parsePathKey = (text: string): string => {
  if (!text.startsWith('~')) return parseWith(keySchema, text, 'key');
  const key = Buffer.from(text.slice(1), 'base64url').toString('utf8');
  if (Buffer.from(key, 'utf8').toString('base64url') !== text.slice(1)) {
    const detail = 'after "~" the key is to be its UTF-8 in base64url without padding';
    throw validationFailed([{ field: 'key', code: 'malformed', detail }]);
  }
  return parseWith(keySchema, key, 'key');
};
