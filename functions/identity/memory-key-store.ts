import type { KeyLimits } from '../limiter/index.ts';
import type { ApiKey } from './api-key.ts';
import type { KeyStore } from './key-store.ts';

export const memoryKeyStore = (): KeyStore => {
  const keys = new Map<string, ApiKey>();
  const workspaceLimits = new Map<string, KeyLimits>();
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
    setKeyLimits: async (id, limits) => {
      const known = keys.get(id);
      if (known === undefined) return false;
      const { limits: _, ...key } = known;
      keys.set(id, { ...key, ...(limits && { limits }) });
      return true;
    },
    getWorkspaceLimits: async (workspace) => workspaceLimits.get(workspace),
    setWorkspaceLimits: async (workspace, limits) => {
      if (limits === undefined) workspaceLimits.delete(workspace);
      else workspaceLimits.set(workspace, limits);
    },
  };
};
