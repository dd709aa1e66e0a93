import { type Link, type Standing, standingAt } from './link.ts';
import type { FindLink } from './link-cache.ts';
import { defaultDomain, normalizeCode } from './link-key.ts';

/** What a path comes to at a moment. */
export type Resolution =
  | { readonly kind: 'redirect'; readonly link: Link }
  /** `/{code}+`: shows where the link leads instead of going there. */
  | { readonly kind: 'preview'; readonly link: Link }
  | { readonly kind: 'refused'; readonly answer: RefusalAnswer };

type RefusalAnswer = (typeof refusals)[keyof typeof refusals] | 'unknown';

const refusals = {
  forgotten: 'unknown',
  'not-started': 'not-started',
  disabled: 'disabled',
  expired: 'expired',
  trashed: 'deleted',
  banned: 'banned',
} as const satisfies Record<Exclude<Standing, 'live'>, string>;

/** `path` is percent-decoded, without its leading slash; undefined where it could not be decoded. */
export const resolveLink = async (
  path: string | undefined,
  now: number,
  find: FindLink,
): Promise<Resolution> => {
  // No code holds a plus sign.
  const isPreview = path?.endsWith('+') ?? false;
  const code = path === undefined ? undefined : normalizeCode(isPreview ? path.slice(0, -1) : path);
  const link = code === undefined ? undefined : await find({ domain: defaultDomain, code });
  if (link === undefined) return { kind: 'refused', answer: 'unknown' };
  const standing = standingAt(link, now);
  if (standing !== 'live') return { kind: 'refused', answer: refusals[standing] };
  return { kind: isPreview ? 'preview' : 'redirect', link };
};
