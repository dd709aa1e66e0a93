import { beforeEach, describe, expect, it } from 'vitest';
import type { LedgerStore } from '../../../../functions/analytics/counts/ledger.ts';

export const ledgerStoreContract = (
  name: string,
  createStore: () => Promise<LedgerStore>,
): void => {
  describe(`${name} as a LedgerStore`, () => {
    let store: LedgerStore;
    beforeEach(async () => {
      store = await createStore();
    });
    const hour = { level: 'hour', start: 600 } as const;
    const day = { level: 'day', start: 0 } as const;

    it('owes nothing at first', async () => {
      expect(await store.read('acme')).toEqual({ hours: new Map(), days: new Map(), depth: 0 });
    });

    it('marks hours under the latest token', async () => {
      await store.mark('acme', [600, 660], 'a');
      const ledger = await store.mark('acme', [660, 720], 'b');
      expect(ledger.hours).toEqual(
        new Map([
          [600, 'a'],
          [660, 'b'],
          [720, 'b'],
        ]),
      );
      expect(await store.read('acme')).toEqual(ledger);
      expect((await store.read('other')).hours.size).toBe(0);
    });

    it('marks many hours at once', async () => {
      const hours = Array.from({ length: 350 }, (_, n) => n * 60);
      expect((await store.mark('acme', hours, 'a')).hours.size).toBe(350);
    });

    it('settles an hour and marks its day in one step', async () => {
      await store.mark('acme', [600], 'a');
      const next = { unit: day, token: 'd' };
      expect(await store.settle('acme', { unit: hour, token: 'a' }, next)).toBe(true);
      const ledger = await store.read('acme');
      expect([...ledger.hours]).toEqual([]);
      expect([...ledger.days]).toEqual([[0, 'd']]);
      expect(await store.settle('acme', next)).toBe(true);
      expect((await store.read('acme')).days.size).toBe(0);
    });

    it('does not settle what was marked anew or is settled already', async () => {
      await store.mark('acme', [600], 'a');
      await store.mark('acme', [600], 'b');
      const next = { unit: day, token: 'd' };
      expect(await store.settle('acme', { unit: hour, token: 'a' }, next)).toBe(false);
      expect((await store.read('acme')).days.size).toBe(0);
      expect(await store.settle('acme', { unit: hour, token: 'b' })).toBe(true);
      expect(await store.settle('acme', { unit: hour, token: 'b' })).toBe(false);
    });

    it('remembers the deepest split', async () => {
      await store.deepen('acme', 3);
      await store.deepen('acme', 1);
      expect((await store.read('acme')).depth).toBe(3);
    });
  });
};
