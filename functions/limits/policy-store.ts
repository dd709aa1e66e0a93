import type { OverrideRecord, PolicyRecord } from './policy-record.ts';

export interface ReadOptions {
  /** Sees every write that was answered. @default false */
  readonly consistent?: boolean;
}

/** A change of a policy's overrides, written with the policy or not at all. */
export type OverrideChange =
  | { readonly put: OverrideRecord }
  | { readonly drop: { readonly key: string } };

/** Keeps workspaces' policies and the overrides of single keys. */
export interface PolicyStore {
  find(workspace: string, name: string, options?: ReadOptions): Promise<PolicyRecord | undefined>;
  /** By name. */
  list(workspace: string): Promise<readonly PolicyRecord[]>;
  /** By key; those of a policy of another id are left out by {@link OverrideRecord.policyId}. */
  overrides(
    workspace: string,
    name: string,
    options?: ReadOptions,
  ): Promise<readonly OverrideRecord[]>;
  findOverride(workspace: string, name: string, key: string): Promise<OverrideRecord | undefined>;
  /** `full`: the workspace has as many policies as it may. */
  create(record: PolicyRecord): Promise<'stored' | 'stale' | 'full'>;
  /** Takes the place of the same policy one revision before. */
  change(next: PolicyRecord, override?: OverrideChange): Promise<'stored' | 'stale'>;
  /** Removes the policy in this revision, and its overrides after it. */
  delete(record: PolicyRecord): Promise<'stored' | 'stale'>;
}
