import type { ApiKey } from './api-key.ts';
import type { KeyStore } from './key-store.ts';

export const memoryKeyStore = (): KeyStore => {
  const keys = new Map<string, ApiKey>();
  return {
    get: async (id) => keys.get(id),
    create: async (key) => {
      if (keys.has(key.id)) throw new Error(`key ${key.id} exists`);
      keys.set(key.id, key);
    },
    revoke: async (id, revokedAt) => {
      const key = keys.get(id);
      if (key === undefined) return false;
      keys.set(id, { ...key, revokedAt });
      return true;
    },
  };
};
