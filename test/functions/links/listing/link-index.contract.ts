import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Link } from '../../../../functions/links/link.ts';
import {
  positionOf,
  rowsOfChange,
  tagPartition,
  workspacePartition,
} from '../../../../functions/links/listing/index-rows.ts';
import type { LinkIndex, PageQuery } from '../../../../functions/links/listing/link-index.ts';
import { projectChange } from '../../../../functions/links/listing/project-links.ts';
import { exampleLink, exampleTime } from '../example-link.ts';

const all = workspacePartition('acme');

/** The numbered link of a list: a higher number is newer. */
const numbered = (number: number, members: Partial<Link> = {}): Link =>
  exampleLink({ code: `code${number}`, createdAt: exampleTime + number, ...members });

const codesOf = async (index: LinkIndex, query: Partial<PageQuery> = {}) =>
  (await index.page({ partition: all, limit: 100, ...query })).links.map(({ code }) => code);

export const linkIndexContract = (name: string, createIndex: () => Promise<LinkIndex>): void => {
  describe(`${name} as a LinkIndex`, () => {
    let index: LinkIndex;
    beforeEach(async () => {
      index = await createIndex();
    });

    const show = async (...links: Link[]) => {
      for (const after of links) await projectChange(index, { after });
    };

    it('gives back whole links', async () => {
      const link = exampleLink({
        code: 'a/b',
        title: 'T',
        tags: ['x'],
        startsAt: exampleTime,
        expiresAt: exampleTime + 1,
        reservedUntil: exampleTime + 1000,
      });
      await show(link);
      expect((await index.page({ partition: all, limit: 5 })).links).toEqual([link]);
    });

    it('lists the newest first, and links of one moment by their ids', async () => {
      await show(numbered(1), numbered(3), numbered(2), numbered(2, { code: 'twin' }));
      expect(await codesOf(index)).toEqual(['code3', 'twin', 'code2', 'code1']);
    });

    it('pages through a list without repeating or missing a link', async () => {
      await show(...Array.from({ length: 7 }, (_, n) => numbered(n)));
      const seen: string[][] = [];
      let after: string | undefined;
      do {
        const query = { partition: all, limit: 3, ...(after !== undefined && { after }) };
        const page = await index.page(query);
        seen.push(page.links.map(({ code }) => code));
        after = page.next;
      } while (after !== undefined);
      expect(seen).toEqual([['code6', 'code5', 'code4'], ['code3', 'code2', 'code1'], ['code0']]);
    });

    it('has no next page where the last link is on this one', async () => {
      await show(numbered(1), numbered(2));
      expect((await index.page({ partition: all, limit: 2 })).next).toBeUndefined();
    });

    it('goes on behind a link that has left the list since', async () => {
      await show(numbered(1), numbered(2), numbered(3));
      const { next } = await index.page({ partition: all, limit: 2 });
      await projectChange(index, {
        before: numbered(2),
        after: numbered(2, { state: 'trashed', version: 2 }),
      });
      expect(await codesOf(index, { after: next ?? '' })).toEqual(['code1']);
    });

    it('reads past any number of links that are gone', async () => {
      await show(...Array.from({ length: 30 }, (_, n) => numbered(n, { version: 1 })));
      for (let n = 2; n < 30; n++) {
        const after = numbered(n, { state: 'trashed', version: 2 });
        await projectChange(index, { before: numbered(n), after });
      }
      expect(await index.page({ partition: all, limit: 1 })).toEqual({
        links: [numbered(1)],
        next: positionOf(numbered(1)),
      });
      expect(await codesOf(index)).toEqual(['code1', 'code0']);
    });

    it('lists by tag and by state', async () => {
      await show(
        numbered(1, { tags: ['x', 'y'] }),
        numbered(2, { tags: ['x'], state: 'disabled' }),
        numbered(3, { tags: ['y'] }),
        numbered(4, { workspace: 'other', tags: ['x'] }),
      );
      expect(await codesOf(index, { partition: tagPartition('acme', 'x') })).toEqual([
        'code2',
        'code1',
      ]);
      expect(await codesOf(index, { state: 'disabled' })).toEqual(['code2']);
      expect(
        await codesOf(index, { partition: tagPartition('acme', 'x'), state: 'active' }),
      ).toEqual(['code1']);
      expect(await codesOf(index, { partition: workspacePartition('other') })).toEqual(['code4']);
    });

    it('moves a link between tags as it changes', async () => {
      const before = numbered(1, { tags: ['x', 'y'] });
      const after = numbered(1, { tags: ['y', 'z'], version: 2 });
      await show(before);
      await projectChange(index, { before, after });
      const tagged = (tag: string) => codesOf(index, { partition: tagPartition('acme', tag) });
      expect(await tagged('x')).toEqual([]);
      expect(await tagged('y')).toEqual(['code1']);
      expect(await tagged('z')).toEqual(['code1']);
    });

    it('forgets a link whose record was deleted, and lists the next life of its code', async () => {
      const first = numbered(1, { tags: ['x'], version: 5 });
      const second = numbered(9, { code: 'code1', workspace: 'other' });
      await show(first);
      await projectChange(index, { before: first });
      expect(await codesOf(index)).toEqual([]);
      await show(first);
      expect(await codesOf(index)).toEqual([]);
      await projectChange(index, { before: first, after: second });
      expect(await codesOf(index, { partition: workspacePartition('other') })).toEqual(['code1']);
    });

    it('ends up the same in any order of changes, however often they are repeated', async () => {
      const states = ['active', 'disabled', 'trashed'] as const;
      const step = fc.record({
        tags: fc.uniqueArray(fc.constantFrom('x', 'y', 'z')),
        state: fc.constantFrom(...states),
      });
      let life = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 1, maxLength: 5 }),
          fc.array(fc.nat(4), { maxLength: 8 }),
          fc.boolean(),
          async (steps, replayed, isRemoved) => {
            // A life of its own each run, so that runs do not meet in one index.
            const workspace = `w${life++}`;
            const versions = steps.map((members, n) =>
              exampleLink({ ...members, workspace, version: n + 1 }),
            );
            const changes = versions.map((after, n) => ({ before: versions[n - 1], after }));
            const removal = isRemoved ? [{ before: versions.at(-1) }] : [];
            const stream = [...changes, ...removal];
            const replay = replayed.flatMap((n) => stream[n] ?? []);
            for (const change of [...replay, ...stream.reverse(), ...replay]) {
              await projectChange(index, change);
            }
            const last = isRemoved ? undefined : versions.at(-1);
            const listed = last === undefined || last.state === 'trashed' ? [] : [last];
            const links = async (partition: string) =>
              (await index.page({ partition, limit: 5 })).links;
            expect(await links(workspacePartition(workspace))).toEqual(listed);
            for (const tag of ['x', 'y', 'z']) {
              const tagged = listed.filter(({ tags }) => tags.includes(tag));
              expect(await links(tagPartition(workspace, tag))).toEqual(tagged);
            }
          },
        ),
        { numRuns: 40 },
      );
    });

    it('refuses an older row for a newer one', async () => {
      const [row] = rowsOfChange(undefined, numbered(1, { version: 2, title: 'new' }));
      const [stale] = rowsOfChange(undefined, numbered(1, { version: 1, title: 'old' }));
      if (row === undefined || stale === undefined) throw new Error('no rows');
      await index.apply(row);
      await index.apply(stale);
      const { links } = await index.page({ partition: all, limit: 5 });
      expect(links).toMatchObject([{ title: 'new', version: 2 }]);
    });
  });
};
