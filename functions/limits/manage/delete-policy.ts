import { type IfMatch, isMatch } from '../../http/if-match.ts';
import { type ManagePorts, type PolicyTarget, settle } from './manage-ports.ts';

export interface DeleteResult {
  readonly kind: 'deleted' | 'not-found' | 'version-mismatch' | 'contended';
}

/** Deletes a policy with its overrides. What was charged under it is not counted again. */
export const deletePolicy = async (
  { store, book }: ManagePorts,
  { workspace, name }: PolicyTarget,
  ifMatch?: IfMatch,
): Promise<DeleteResult> => {
  try {
    return await settle<DeleteResult>(async () => {
      const held = await store.find(workspace, name, { consistent: true });
      if (held === undefined) return { kind: 'not-found' };
      if (!isMatch(ifMatch, held.version)) return { kind: 'version-mismatch' };
      return (await store.delete(held)) === 'stale' ? 'stale' : { kind: 'deleted' };
    });
  } finally {
    book.forget(workspace, name);
  }
};
