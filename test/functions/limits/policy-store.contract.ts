import { beforeEach, describe, expect, it } from 'vitest';
import type { PolicyStore } from '../../../functions/limits/policy-store.ts';
import { exampleOverride, examplePolicy } from './example-policy.ts';

export const policyStoreContract = (
  name: string,
  createStore: (most?: number) => Promise<PolicyStore>,
): void => {
  describe(`${name} as a PolicyStore`, () => {
    let store: PolicyStore;
    beforeEach(async () => {
      store = await createStore();
    });
    const consistent = { consistent: true };

    it('gives back whole policies', async () => {
      const record = examplePolicy({
        settings: {
          limits: [
            { name: 'hour', algorithm: 'fixed-window', limit: 100, windowSeconds: 3600 },
            { name: 'burst', limit: 100, windowSeconds: 3600, burst: 10, hardCap: true },
          ],
          mode: 'shadow',
        },
      });
      expect(await store.create(record)).toBe('stored');
      expect(await store.find('acme', 'login', consistent)).toEqual(record);
      expect(await store.find('acme', 'login')).toEqual(record);
    });

    it('knows no policy of another workspace or name', async () => {
      await store.create(examplePolicy());
      expect(await store.find('other', 'login', consistent)).toBeUndefined();
      expect(await store.find('acme', 'logi', consistent)).toBeUndefined();
      expect(await store.list('other')).toEqual([]);
    });

    it('lists the policies of a workspace by name, without overrides', async () => {
      for (const name of ['b', 'a', 'a-b']) await store.create(examplePolicy({ name }));
      await store.change(examplePolicy({ name: 'a', revision: 2 }), {
        put: exampleOverride({ policy: 'a' }),
      });
      await store.create(examplePolicy({ workspace: 'acme-2' }));
      expect((await store.list('acme')).map((record) => record.name)).toEqual(['a', 'a-b', 'b']);
    });

    it('creates a name once', async () => {
      await store.create(examplePolicy());
      expect(await store.create(examplePolicy({ id: 'second' }))).toBe('stale');
      expect((await store.find('acme', 'login', consistent))?.id).toBe('first');
    });

    it('takes as many policies as a workspace may have, and another once one is gone', async () => {
      const few = await createStore(2);
      for (const name of ['a', 'b']) {
        expect(await few.create(examplePolicy({ name }))).toBe('stored');
      }
      expect(await few.create(examplePolicy({ name: 'c' }))).toBe('full');
      expect(await few.create(examplePolicy({ workspace: 'other' }))).toBe('stored');
      expect(await few.create(examplePolicy({ name: 'a' }))).toBe('stale');
      expect(await few.delete(examplePolicy({ name: 'a' }))).toBe('stored');
      expect(await few.create(examplePolicy({ name: 'c' }))).toBe('stored');
    });

    it('never has more than a workspace may have, however many are made at once', async () => {
      const few = await createStore(3);
      const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
      const outcomes = await Promise.all(names.map((name) => few.create(examplePolicy({ name }))));
      const stored = outcomes.filter((outcome) => outcome === 'stored');
      expect(await few.list('acme')).toHaveLength(stored.length);
      expect(stored.length).toBeGreaterThan(0);
      expect(stored.length).toBeLessThanOrEqual(3);
    });

    it('changes only what is one revision before', async () => {
      await store.create(examplePolicy());
      const next = examplePolicy({ version: 2, revision: 2, settings: { limit: 6 } });
      expect(await store.change(next)).toBe('stored');
      expect(await store.change(next)).toBe('stale');
      expect(await store.change({ ...next, revision: 4 })).toBe('stale');
      expect(await store.change({ ...next, id: 'other', revision: 3 })).toBe('stale');
      expect(await store.change(examplePolicy({ name: 'none', revision: 2 }))).toBe('stale');
      expect(await store.find('acme', 'login', consistent)).toEqual(next);
    });

    it('writes an override with its policy or not at all', async () => {
      await store.create(examplePolicy());
      const next = examplePolicy({ revision: 2, overrideCount: 1 });
      expect(await store.change({ ...next, revision: 3 }, { put: exampleOverride() })).toBe(
        'stale',
      );
      expect(await store.findOverride('acme', 'login', 'ada')).toBeUndefined();
      expect(await store.change(next, { put: exampleOverride() })).toBe('stored');
      expect(await store.findOverride('acme', 'login', 'ada')).toEqual(exampleOverride());
      const last = examplePolicy({ revision: 3 });
      expect(await store.change({ ...last, revision: 5 }, { drop: { key: 'ada' } })).toBe('stale');
      expect(await store.overrides('acme', 'login', consistent)).toHaveLength(1);
      expect(await store.change(last, { drop: { key: 'ada' } })).toBe('stored');
      expect(await store.overrides('acme', 'login')).toEqual([]);
    });

    it('keeps overrides of any key apart, those of 1,024 bytes too', async () => {
      const long = 'x'.repeat(1023);
      const keys = [`${long}a`, `${long}b`, 'a#b', 'a', 'ü/🙂', '~sha256#a'].sort();
      for (const name of ['login', 'login-2']) await store.create(examplePolicy({ name }));
      for (const [index, key] of keys.entries()) {
        const override = exampleOverride({ key, settings: { limit: index + 1 } });
        const next = examplePolicy({ revision: index + 2 });
        expect(await store.change(next, { put: override })).toBe('stored');
      }
      for (const [index, key] of keys.entries()) {
        const found = await store.findOverride('acme', 'login', key);
        expect(found).toMatchObject({ key, settings: { limit: index + 1 } });
      }
      expect(
        (await store.overrides('acme', 'login', consistent)).map(({ key }) => key).sort(),
      ).toEqual(keys);
      expect(await store.overrides('acme', 'login-2', consistent)).toEqual([]);
    });

    it('deletes a policy in the revision that was seen, and its overrides', async () => {
      await store.create(examplePolicy());
      const next = examplePolicy({ revision: 2, overrideCount: 1 });
      await store.change(next, { put: exampleOverride() });
      expect(await store.delete(examplePolicy())).toBe('stale');
      expect(await store.delete({ ...next, id: 'other' })).toBe('stale');
      expect(await store.delete(next)).toBe('stored');
      expect(await store.find('acme', 'login', consistent)).toBeUndefined();
      expect(await store.overrides('acme', 'login', consistent)).toEqual([]);
      expect(await store.delete(next)).toBe('stale');
    });
  });
};
