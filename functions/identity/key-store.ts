import type { KeyLimits } from '../limiter/index.ts';
import type { ApiKey } from './api-key.ts';

/** Keeps API keys, and the limits that all keys of a workspace have. */
export interface KeyStore {
  get(id: string): Promise<ApiKey | undefined>;
  /** Writes a new key; one that exists is never overwritten. */
  create(key: ApiKey): Promise<void>;
  /** Marks a key as revoked at `revokedAt`; false where there is no such key. */
  revoke(id: string, revokedAt: number): Promise<boolean>;
  /** Replaces a key's own limits, or takes them away; false where there is no such key. */
  setKeyLimits(id: string, limits: KeyLimits | undefined): Promise<boolean>;
  getWorkspaceLimits(workspace: string): Promise<KeyLimits | undefined>;
  /** Replaces them, or takes them away. */
  setWorkspaceLimits(workspace: string, limits: KeyLimits | undefined): Promise<void>;
}
