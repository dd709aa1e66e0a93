import { beforeEach, describe, expect, it } from 'vitest';
import type { CountChunk } from '../../../../functions/analytics/counts/chunk.ts';
import type { CountStore } from '../../../../functions/analytics/counts/count-store.ts';

const noon = Date.UTC(2026, 0, 1, 12) / 60_000;

const chunk = (fields: Partial<CountChunk> = {}): CountChunk => ({
  workspace: 'acme',
  level: 'minute',
  start: noon,
  prefix: '',
  segments: 3,
  slotMinutes: 1,
  bytes: Buffer.from('three'),
  ...fields,
});

export const countStoreContract = (name: string, createStore: () => Promise<CountStore>): void => {
  describe(`${name} as a CountStore`, () => {
    let store: CountStore;
    beforeEach(async () => {
      store = await createStore();
    });
    const period = { workspace: 'acme', level: 'minute', start: noon } as const;
    const seen = async (found: Promise<CountChunk[]>) =>
      (await found).map(({ start, prefix, bytes }) => [
        start - noon,
        prefix,
        Buffer.from(bytes).toString(),
      ]);

    it('gives back what was put', async () => {
      await store.put(chunk());
      const [found] = await store.readPeriod(period);
      expect({ ...found, bytes: Buffer.from(found?.bytes ?? []) }).toEqual(chunk());
    });

    it('refuses a chunk that saw fewer segments than the stored one', async () => {
      expect(await store.put(chunk())).toBe(true);
      expect(await store.put(chunk({ segments: 2, bytes: Buffer.from('two') }))).toBe(false);
      expect(await seen(store.readPeriod(period))).toEqual([[0, '', 'three']]);
      expect(await store.put(chunk({ bytes: Buffer.from('again') }))).toBe(true);
      expect(await store.put(chunk({ segments: 4, bytes: Buffer.from('four') }))).toBe(true);
      expect(await seen(store.readPeriod(period))).toEqual([[0, '', 'four']]);
    });

    it('guards each chunk on its own', async () => {
      await store.put(chunk());
      expect(await store.put(chunk({ segments: 1, prefix: '2' }))).toBe(true);
      expect(await store.put(chunk({ segments: 1, start: noon + 1 }))).toBe(true);
      expect(await store.put(chunk({ segments: 1, workspace: 'other' }))).toBe(true);
      expect(await store.put(chunk({ segments: 1, level: 'hour' }))).toBe(true);
      expect(await store.readPeriod(period)).toHaveLength(3);
    });

    it('reads the chunks of one prefix between two starts', async () => {
      for (const start of [noon, noon + 1, noon + 2, noon + 59, noon + 60]) {
        for (const prefix of ['', '0', '01']) await store.put(chunk({ start, prefix }));
      }
      const read = (prefix: string, from: number, to: number) =>
        seen(store.readSlice(period, { prefix, from: noon + from, to: noon + to }));
      expect(await read('', 1, 2)).toEqual([
        [1, '', 'three'],
        [2, '', 'three'],
      ]);
      expect(await read('0', 2, 99)).toEqual([
        [2, '0', 'three'],
        [59, '0', 'three'],
      ]);
      expect(await read('1', 0, 59)).toEqual([]);
    });

    it('keeps the days of a year, and the hours of a day, together', async () => {
      const [day, newYear] = [noon - 720, Date.UTC(2026, 0) / 60_000];
      await store.put(chunk({ level: 'day', start: day + 1440 * 200 }));
      await store.put(chunk({ level: 'day', start: day - 1440 }));
      await store.put(chunk({ level: 'hour', start: day + 60 }));
      const days = { workspace: 'acme', level: 'day', start: newYear } as const;
      expect(await store.readPeriod(days)).toHaveLength(1);
      expect(await store.readPeriod({ ...days, level: 'hour', start: day })).toHaveLength(1);
    });
  });
};
