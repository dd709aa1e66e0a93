import { isDeepStrictEqual } from 'node:util';
import { compileOverride } from '../compile-policy.ts';
import { mostOverrides, type OverrideRecord } from '../policy-record.ts';
import type { OverrideSettings } from '../policy-settings.ts';
import { type ManagePorts, type PolicyTarget, settle } from './manage-ports.ts';

export interface PutOverride extends PolicyTarget {
  readonly key: string;
  readonly settings: OverrideSettings;
}

export type PutOverrideResult =
  | { readonly kind: 'created' | 'replaced'; readonly override: OverrideRecord }
  | { readonly kind: 'not-found' | 'full' | 'contended' };

/**
 * Gives one key of a policy limits of its own.
 * @throws AppError `validation-failed` that names each refused field
 */
export const putOverride = async (
  { store, clock, book }: ManagePorts,
  { workspace, name, key, settings }: PutOverride,
): Promise<PutOverrideResult> => {
  const result = await settle<PutOverrideResult>(async () => {
    const [policy, found] = await Promise.all([
      store.find(workspace, name, { consistent: true }),
      store.findOverride(workspace, name, key),
    ]);
    if (policy === undefined) return { kind: 'not-found' };
    compileOverride(name, policy.settings, settings);
    const held = found?.policyId === policy.id ? found : undefined;
    if (held && isDeepStrictEqual(held.settings, settings)) {
      return { kind: 'replaced', override: held };
    }
    if (held === undefined && policy.overrideCount >= mostOverrides) return { kind: 'full' };
    const updatedAt = clock.now();
    const revision = policy.revision + 1;
    const overrideCount = policy.overrideCount + (held === undefined ? 1 : 0);
    const of = { workspace, policy: name, policyId: policy.id };
    const override = { ...of, key, settings, revision, updatedAt };
    const outcome = await store.change({ ...policy, revision, overrideCount }, { put: override });
    if (outcome === 'stale') return 'stale';
    return { kind: held === undefined ? 'created' : 'replaced', override };
  });
  book.forget(workspace, name);
  return result;
};
