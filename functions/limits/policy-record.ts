import type { OverrideSettings, PolicySettings } from './policy-settings.ts';

/** One policy of a workspace as it is stored. Times in milliseconds since the epoch. */
export interface PolicyRecord {
  readonly workspace: string;
  readonly name: string;
  /** Another one each time the name is used anew: what was charged before is not counted then. */
  readonly id: string;
  /** Of the settings: the ETag. */
  readonly version: number;
  /** Of the settings and the overrides: every write is conditional on it. */
  readonly revision: number;
  readonly overrideCount: number;
  readonly settings: PolicySettings;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What one key of a policy has other than the rest. */
export interface OverrideRecord {
  readonly workspace: string;
  readonly policy: string;
  /** The policy's id: an override does not outlive the policy that it was made for. */
  readonly policyId: string;
  readonly key: string;
  readonly settings: OverrideSettings;
  /** The policy's revision that it came with: no other override of the policy has it. */
  readonly revision: number;
  readonly updatedAt: number;
}

export const mostPolicies = 1_000;
export const mostOverrides = 1_000;
