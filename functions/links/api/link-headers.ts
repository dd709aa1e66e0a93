import { validationFailed } from '../../kernel/errors.ts';
import type { Precondition } from '../manage/rewrite-link.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const refuseHeader = (field: string, detail: string): never => {
  throw validationFailed([{ field, code: 'malformed', detail }]);
};

/** API Gateway joins a header that was sent twice by a comma, which is therefore no part of a key. */
export const idempotencyKeyOf = (headers: Headers): string | undefined => {
  const value = headers['idempotency-key'];
  if (value === undefined || /^[\x21-\x2b\x2d-\x7e]{1,255}$/.test(value)) return value;
  return refuseHeader('Idempotency-Key', 'one key of 1 to 255 visible ASCII characters, no comma');
};

/** A weak tag never matches, as RFC 9110 compares; nor does one that is no version. */
export const preconditionOf = (headers: Headers): Precondition | undefined => {
  const value = headers['if-match']?.trim();
  if (value === undefined) return undefined;
  if (value === '*') return 'any';
  const tags = value.split(/\s*,\s*/);
  if (!tags.every((tag) => /^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(tag))) {
    return refuseHeader('If-Match', 'the ETag of the link as it was answered, in its quotes, or *');
  }
  return tags.flatMap((tag) => (/^"\d{1,15}"$/.test(tag) ? [Number(tag.slice(1, -1))] : []));
};
