import { beforeEach, describe, expect, it } from 'vitest';
import type { Segment } from '../../../../functions/analytics/segments/segment.ts';
import type { ClickSegmentStore } from '../../../../functions/analytics/segments/segment-store.ts';

const segment = (id: string, fields: Partial<Segment> = {}): Segment => ({
  workspace: 'acme',
  minute: 29_000_000,
  edges: 'none',
  id,
  bytes: Buffer.from(id),
  ...fields,
});

export const segmentStoreContract = (
  name: string,
  createStore: () => Promise<ClickSegmentStore>,
): void => {
  describe(`${name} as a ClickSegmentStore`, () => {
    let store: ClickSegmentStore;
    beforeEach(async () => {
      store = await createStore();
    });
    const key = { workspace: 'acme', minute: 29_000_000 };
    const ids = async (found: ReturnType<ClickSegmentStore['read']>) =>
      (await found).map(({ bytes }) => Buffer.from(bytes).toString()).sort();

    it('gives back every segment of the minute and no other', async () => {
      await store.append(segment('1'));
      await store.append(segment('2', { edges: 'both' }));
      await store.append(segment('3', { minute: 29_000_001 }));
      await store.append(segment('4', { workspace: 'evil' }));
      await store.append(segment('5', { minute: 'late' }));
      expect(await ids(store.read(key))).toEqual(['1', '2']);
      const [both] = (await store.read(key)).filter(({ edges }) => edges === 'both');
      expect(Buffer.from(both?.bytes ?? []).toString()).toBe('2');
    });

    it('gives those near one edge alone', async () => {
      for (const edges of ['head', 'both', 'tail', 'none'] as const) {
        await store.append(segment(edges, { edges }));
      }
      expect(await ids(store.readEdge(key, 'head'))).toEqual(['both', 'head']);
      expect(await ids(store.readEdge(key, 'tail'))).toEqual(['both', 'tail']);
    });

    it('reads more than a page', async () => {
      const bytes = Buffer.alloc(250_000);
      for (let n = 0; n < 6; n++) await store.append(segment(`${n}`, { bytes }));
      expect(await store.read(key)).toHaveLength(6);
    });
  });
};
