import type { Clock } from '../../kernel/clock.ts';
import { isManageable, type Link } from '../link.ts';
import { type ListScope, positionOfCursor, toCursor } from './cursor.ts';
import { tagPartition, workspacePartition } from './index-rows.ts';
import type { LinkIndex } from './link-index.ts';

export interface ListRequest {
  readonly workspace: string;
  readonly cursor?: string;
  readonly limit: number;
  readonly tag?: string;
  readonly state?: 'active' | 'disabled' | 'banned';
}

export type ListLinksResult =
  | { readonly kind: 'page'; readonly links: readonly Link[]; readonly nextCursor?: string }
  | { readonly kind: 'unknown-cursor' };

/** A workspace's links, newest first, from the read model: up to two seconds behind the records. */
export const listLinks = async (
  { index, clock }: { readonly index: LinkIndex; readonly clock: Clock },
  { cursor, limit, ...scope }: ListRequest,
): Promise<ListLinksResult> => {
  const { workspace, tag, state } = scope satisfies ListScope;
  const after = cursor === undefined ? undefined : positionOfCursor(scope, cursor);
  if (cursor !== undefined && after === undefined) return { kind: 'unknown-cursor' };
  const { links, next } = await index.page({
    partition: tag === undefined ? workspacePartition(workspace) : tagPartition(workspace, tag),
    limit,
    ...(after !== undefined && { after }),
    ...(state !== undefined && { state }),
  });
  return {
    kind: 'page',
    links: links.filter((link) => isManageable(link, clock.now())),
    ...(next !== undefined && { nextCursor: toCursor(scope, next) }),
  };
};
