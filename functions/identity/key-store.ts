import type { ApiKey } from './api-key.ts';

export interface KeyStore {
  get(id: string): Promise<ApiKey | undefined>;
  /** Writes a new key; one that exists is never overwritten. */
  create(key: ApiKey): Promise<void>;
  /** Marks a key as revoked at `revokedAt`; false where there is no such key. */
  revoke(id: string, revokedAt: number): Promise<boolean>;
}
