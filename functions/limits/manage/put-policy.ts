import { isDeepStrictEqual } from 'node:util';
import { type IfMatch, isMatch } from '../../http/if-match.ts';
import { AppError } from '../../kernel/errors.ts';
import { randomId } from '../../kernel/ids.ts';
import { compileOverride, compilePolicy } from '../compile-policy.ts';
import type { PolicyRecord } from '../policy-record.ts';
import type { PolicySettings } from '../policy-settings.ts';
import { type ManagePorts, type PolicyTarget, settle } from './manage-ports.ts';

export interface PutPolicy extends PolicyTarget {
  readonly settings: PolicySettings;
  readonly ifMatch?: IfMatch | undefined;
}

export type PutPolicyResult =
  | { readonly kind: 'created' | 'replaced' | 'unchanged'; readonly record: PolicyRecord }
  /** The key has an override that the new settings have no place for. */
  | { readonly kind: 'override-misfit'; readonly key: string; readonly detail: string }
  | { readonly kind: 'full' | 'version-mismatch' | 'contended' };

const findMisfit = async (
  { store }: ManagePorts,
  { workspace, name, id, overrideCount }: PolicyRecord,
  settings: PolicySettings,
) => {
  if (overrideCount === 0) return undefined;
  const overrides = await store.overrides(workspace, name, { consistent: true });
  for (const override of overrides.filter(({ policyId }) => policyId === id)) {
    try {
      compileOverride(name, settings, override.settings);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { kind: 'override-misfit', key: override.key, detail: error.message } as const;
    }
  }
  return undefined;
};

/**
 * Makes a policy or changes its settings; the same settings again change nothing.
 * @throws AppError `validation-failed` that names each refused field
 */
export const putPolicy = async (
  ports: ManagePorts,
  { workspace, name, settings, ifMatch }: PutPolicy,
): Promise<PutPolicyResult> => {
  compilePolicy(name, settings);
  const { store, clock, book } = ports;

  const create = async (): Promise<PutPolicyResult | 'stale'> => {
    const now = clock.now();
    const times = { createdAt: now, updatedAt: now };
    const first = { version: 1, revision: 1, overrideCount: 0, settings, ...times };
    const record = { workspace, name, id: randomId(6), ...first };
    const outcome = await store.create(record);
    if (outcome === 'full') return { kind: 'full' };
    return outcome === 'stale' ? 'stale' : { kind: 'created', record };
  };

  const replace = async (held: PolicyRecord): Promise<PutPolicyResult | 'stale'> => {
    if (isDeepStrictEqual(held.settings, settings)) return { kind: 'unchanged', record: held };
    const misfit = await findMisfit(ports, held, settings);
    if (misfit !== undefined) return misfit;
    const { version, revision } = held;
    const next = { version: version + 1, revision: revision + 1, updatedAt: clock.now() };
    const record = { ...held, ...next, settings };
    const outcome = await store.change(record);
    return outcome === 'stale' ? 'stale' : { kind: 'replaced', record };
  };

  const result = await settle<PutPolicyResult>(async () => {
    const held = await store.find(workspace, name, { consistent: true });
    if (!isMatch(ifMatch, held?.version)) return { kind: 'version-mismatch' };
    return held === undefined ? create() : replace(held);
  });
  book.forget(workspace, name);
  return result;
};
