import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiKey } from '../../../functions/identity/api-key.ts';
import type { KeyStore } from '../../../functions/identity/key-store.ts';

export const exampleKey: ApiKey = {
  id: '00112233aabbccdd',
  workspace: 'acme',
  name: 'ci',
  scopes: ['links:read'],
  secretHash: 'ab'.repeat(32),
  createdAt: 1,
  expiresAt: 5,
};

export const keyStoreContract = (name: string, createStore: () => Promise<KeyStore>): void => {
  describe(`${name} as a KeyStore`, () => {
    let store: KeyStore;
    beforeEach(async () => {
      store = await createStore();
    });

    it('gives back what was created', async () => {
      await store.create(exampleKey);
      expect(await store.get(exampleKey.id)).toEqual(exampleKey);
    });

    it('knows nothing of other ids', async () => {
      expect(await store.get('ffffffffffffffff')).toBeUndefined();
    });

    it('never overwrites a key', async () => {
      await store.create(exampleKey);
      await expect(store.create({ ...exampleKey, workspace: 'evil' })).rejects.toThrow();
      expect((await store.get(exampleKey.id))?.workspace).toBe('acme');
    });

    it('keeps limits of a key that exists, the last ones given', async () => {
      const limits = { requests: { limitPerHour: 5, burst: 2 }, checks: { limitPerSecond: 3 } };
      expect(await store.setKeyLimits(exampleKey.id, limits)).toBe(false);
      expect(await store.get(exampleKey.id)).toBeUndefined();
      await store.create(exampleKey);
      expect(await store.setKeyLimits(exampleKey.id, limits)).toBe(true);
      expect(await store.get(exampleKey.id)).toEqual({ ...exampleKey, limits });
      await store.setKeyLimits(exampleKey.id, { checks: { burst: 1 } });
      expect((await store.get(exampleKey.id))?.limits).toEqual({ checks: { burst: 1 } });
      await store.setKeyLimits(exampleKey.id, undefined);
      expect(await store.get(exampleKey.id)).toEqual(exampleKey);
    });

    it('keeps limits of a workspace, with or without keys', async () => {
      expect(await store.getWorkspaceLimits('acme')).toBeUndefined();
      await store.setWorkspaceLimits('acme', { requests: { burst: 2 } });
      await store.setWorkspaceLimits('acme', { checks: { burst: 1 } });
      expect(await store.getWorkspaceLimits('acme')).toEqual({ checks: { burst: 1 } });
      expect(await store.getWorkspaceLimits('other')).toBeUndefined();
      await store.setWorkspaceLimits('acme', undefined);
      expect(await store.getWorkspaceLimits('acme')).toBeUndefined();
    });

    it('revokes a key once it exists', async () => {
      expect(await store.revoke(exampleKey.id, 7)).toBe(false);
      await store.create(exampleKey);
      expect(await store.revoke(exampleKey.id, 7)).toBe(true);
      expect(await store.get(exampleKey.id)).toEqual({ ...exampleKey, revokedAt: 7 });
    });
  });
};
