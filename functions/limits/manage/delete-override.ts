import { type ManagePorts, type PolicyTarget, settle } from './manage-ports.ts';

export interface DeleteOverrideResult {
  readonly kind: 'deleted' | 'not-found' | 'no-override' | 'contended';
}

/** Gives a key the limits of all others again. */
export const deleteOverride = async (
  { store, book }: ManagePorts,
  { workspace, name, key }: PolicyTarget & { readonly key: string },
): Promise<DeleteOverrideResult> => {
  const result = await settle<DeleteOverrideResult>(async () => {
    const [policy, found] = await Promise.all([
      store.find(workspace, name, { consistent: true }),
      store.findOverride(workspace, name, key),
    ]);
    if (policy === undefined) return { kind: 'not-found' };
    if (found?.policyId !== policy.id) return { kind: 'no-override' };
    const { revision, overrideCount } = policy;
    const next = { ...policy, revision: revision + 1, overrideCount: overrideCount - 1 };
    const outcome = await store.change(next, { drop: { key } });
    return outcome === 'stale' ? 'stale' : { kind: 'deleted' };
  });
  book.forget(workspace, name);
  return result;
};
