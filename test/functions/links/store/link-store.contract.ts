import { beforeEach, describe, expect, it } from 'vitest';
import { trashLink } from '../../../../functions/links/link.ts';
import type { Claim, LinkStore } from '../../../../functions/links/store/link-store.ts';
import { exampleLink, exampleTime as now } from '../example-link.ts';

const claim: Claim = { id: 'key', request: 'body' };
const other: Claim = { id: 'other', request: 'body' };
const secondMs = 1000;

export const linkStoreContract = (name: string, createStore: () => Promise<LinkStore>): void => {
  describe(`${name} as a LinkStore`, () => {
    let store: LinkStore;
    beforeEach(async () => {
      store = await createStore();
    });

    it('gives back what was created, to both kinds of readers', async () => {
      const link = exampleLink({
        code: 'café/🎉',
        expiresAt: now + 5,
        reservedUntil: now + secondMs,
        startsAt: now + 1,
        tags: ['a', 'b'],
        title: 'T',
      });
      expect(await store.create(link, claim)).toEqual({ kind: 'created' });
      expect(await store.get(link)).toEqual(link);
      expect(await store.getForUpdate(link)).toEqual(link);
    });

    it('knows nothing of other codes and domains', async () => {
      await store.create(exampleLink());
      expect(await store.get({ domain: '_', code: 'Spring' })).toBeUndefined();
      expect(await store.getForUpdate({ domain: 'go.example', code: 'spring' })).toBeUndefined();
    });

    it('says who has a code that is taken, and changes nothing', async () => {
      const link = exampleLink();
      await store.create(link, claim);
      expect(await store.create(exampleLink({ workspace: 'evil' }), other)).toEqual({
        kind: 'taken',
        link,
        claim,
      });
      expect(await store.get(link)).toEqual(link);
    });

    it('lets exactly one of many creators have a code', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, n) => store.create(exampleLink({ owner: `key:${n}` }))),
      );
      const winner = outcomes.findIndex(({ kind }) => kind === 'created');
      expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(1);
      expect(await store.get(exampleLink())).toMatchObject({ owner: `key:${winner}` });
    });

    it('keeps a code from others until its reservation ends, no longer', async () => {
      const reservedUntil = now + 10 * secondMs;
      const tombstone = exampleLink({ state: 'trashed', version: 7, reservedUntil });
      await store.create(tombstone);
      const early = exampleLink({ workspace: 'next', createdAt: reservedUntil - 1 });
      expect(await store.create(early)).toMatchObject({ kind: 'taken', link: tombstone });
      const late = exampleLink({ workspace: 'next', createdAt: reservedUntil });
      expect(await store.create(late)).toEqual({ kind: 'created' });
      expect(await store.get(late)).toEqual(late);
    });

    it('never gives away a code without an end', async () => {
      await store.create(exampleLink());
      const late = exampleLink({ createdAt: now + 1e12 });
      expect(await store.create(late)).toMatchObject({ kind: 'taken' });
    });

    it('reserves a code without a link', async () => {
      const link = exampleLink();
      expect(await store.reserve(link, claim, now, now + secondMs)).toEqual({ kind: 'created' });
      expect(await store.get(link)).toBeUndefined();
      expect(await store.reserve(link, other, now, now + secondMs)).toEqual({
        kind: 'taken',
        claim,
      });
      expect(await store.create(link)).toEqual({ kind: 'taken', claim });
      expect(await store.create({ ...link, createdAt: now + secondMs })).toEqual({
        kind: 'created',
      });
    });

    it('stores a change of what was seen', async () => {
      const seen = exampleLink({ title: 'T', expiresAt: now + 1, reservedUntil: now + secondMs });
      await store.create(seen, claim);
      const next = exampleLink({
        version: 2,
        url: 'https://example.org/2',
        status: 308,
        tags: ['a'],
      });
      expect(await store.update(next, seen)).toBe('stored');
      expect(await store.getForUpdate(seen)).toEqual(next);
      expect(await store.create(seen, other)).toMatchObject({ kind: 'taken', claim });
    });

    it('stores nothing over a version that was not seen, or another life of the code', async () => {
      const link = exampleLink({ version: 2 });
      await store.create(link);
      const next = exampleLink({ version: 3 });
      expect(await store.update(next, exampleLink({ version: 1 }))).toBe('stale');
      expect(await store.update(next, { ...link, createdAt: now - 1 })).toBe('stale');
      expect(await store.update(exampleLink({ code: 'none' }), link)).toBe('stale');
      expect(await store.get(link)).toEqual(link);
    });

    it('lets exactly one of many changes of a version through', async () => {
      const seen = exampleLink();
      await store.create(seen);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          store.update(exampleLink({ version: 2, title: String(n) }), seen),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(1);
      expect(await store.get(seen)).toMatchObject({ title: String(outcomes.indexOf('stored')) });
    });

    it('keeps the tombstone of a deleted link', async () => {
      const link = exampleLink();
      await store.create(link);
      const tombstone = trashLink(link, now, 90);
      expect(await store.update(tombstone, link)).toBe('stored');
      expect(await store.get(link)).toEqual(tombstone);
      expect(await store.create(link)).toMatchObject({ kind: 'taken', link: tombstone });
    });
  });
};
