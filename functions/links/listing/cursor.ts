import { sha256Base64url } from '../../kernel/hashing.ts';

/** What a list was asked for; a cursor continues this one list only. */
export interface ListScope {
  readonly workspace: string;
  readonly tag?: string;
  readonly state?: string;
}

const version = '1';
const sealLength = 16;
const longestPosition = 400;
const longestCursor = 700;

const seal = ({ workspace, tag, state }: ListScope, position: string): string =>
  sha256Base64url(JSON.stringify([version, workspace, tag ?? null, state ?? null, position])).slice(
    0,
    sealLength,
  );

/** An opaque text that continues the list behind `position`. */
export const toCursor = (scope: ListScope, position: string): string =>
  `${version}${seal(scope, position)}${Buffer.from(position, 'utf8').toString('base64url')}`;

/**
 * The position in a cursor; undefined where it is broken, or was given for another workspace or
 * another filter. The seal guards against mix-ups, not forgery: a position opens nothing, for the
 * partition always comes from the caller's own key.
 */
export const positionOfCursor = (scope: ListScope, cursor: string): string | undefined => {
  if (cursor.length > longestCursor || !cursor.startsWith(version)) return undefined;
  const position = Buffer.from(cursor.slice(1 + sealLength), 'base64url').toString('utf8');
  if (position.length > longestPosition || !/^[0-9a-z]{9,}#[\w~-]+$/.test(position))
    return undefined;
  return toCursor(scope, position) === cursor ? position : undefined;
};
