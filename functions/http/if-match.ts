import { validationFailed } from '../kernel/errors.ts';

/** Versions of which a change asks one to be there; `any` of a resource that exists at all. */
export type IfMatch = 'any' | readonly number[];

/**
 * The If-Match header over ETags that are version numbers. A weak tag never matches, as RFC 9110
 * compares; nor does one that is no version.
 * @throws AppError `validation-failed`
 */
export const ifMatchOf = (
  headers: Readonly<Record<string, string | undefined>>,
): IfMatch | undefined => {
  const value = headers['if-match']?.trim();
  if (value === undefined) return undefined;
  if (value === '*') return 'any';
  const tags = value.split(/\s*,\s*/);
  if (!tags.every((tag) => /^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(tag))) {
    const detail = 'the ETag as it was answered, in its quotes, or *';
    throw validationFailed([{ field: 'If-Match', code: 'malformed', detail }]);
  }
  return tags.flatMap((tag) => (/^"\d{1,15}"$/.test(tag) ? [Number(tag.slice(1, -1))] : []));
};

export const isMatch = (ifMatch: IfMatch | undefined, version: number | undefined): boolean =>
  ifMatch === undefined ||
  (version !== undefined && (ifMatch === 'any' || ifMatch.includes(version)));
