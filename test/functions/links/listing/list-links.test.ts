import { describe, expect, it } from 'vitest';
import { listLinks } from '../../../../functions/links/listing/list-links.ts';
import { memoryLinkIndex } from '../../../../functions/links/listing/memory-link-index.ts';
import { projectChange } from '../../../../functions/links/listing/project-links.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { exampleLink, exampleTime } from '../example-link.ts';

const setup = async () => {
  const index = memoryLinkIndex();
  for (let n = 0; n < 5; n++) {
    const tags = n % 2 === 0 ? ['even'] : [];
    const link = exampleLink({ code: `c${n}`, createdAt: exampleTime + n, tags });
    await projectChange(index, { after: link });
  }
  return { index, clock: manualClock() };
};

describe('listLinks', () => {
  it('follows its own cursors to the end', async () => {
    const ports = await setup();
    const codes: string[] = [];
    let cursor: string | undefined;
    do {
      const result = await listLinks(ports, {
        workspace: 'acme',
        limit: 2,
        ...(cursor !== undefined && { cursor }),
      });
      if (result.kind !== 'page') throw new Error(result.kind);
      codes.push(...result.links.map(({ code }) => code));
      cursor = result.nextCursor;
    } while (cursor !== undefined);
    expect(codes).toEqual(['c4', 'c3', 'c2', 'c1', 'c0']);
  });

  it('lists by tag', async () => {
    const result = await listLinks(await setup(), { workspace: 'acme', limit: 9, tag: 'even' });
    expect(result).toMatchObject({ links: [{ code: 'c4' }, { code: 'c2' }, { code: 'c0' }] });
  });

  it('opens no other list with a cursor', async () => {
    const ports = await setup();
    const first = await listLinks(ports, { workspace: 'acme', limit: 2 });
    const cursor = first.kind === 'page' ? (first.nextCursor ?? '') : '';
    const refused = { kind: 'unknown-cursor' };
    expect(await listLinks(ports, { workspace: 'other', limit: 2, cursor })).toEqual(refused);
    expect(await listLinks(ports, { workspace: 'acme', limit: 2, tag: 'even', cursor })).toEqual(
      refused,
    );
    expect(await listLinks(ports, { workspace: 'acme', limit: 2, cursor: 'x' })).toEqual(refused);
  });

  it('leaves out a link whose time is over before its row goes', async () => {
    const { index, clock } = await setup();
    const reservedUntil = clock.now() + 5;
    await projectChange(index, { after: exampleLink({ workspace: 'w', reservedUntil }) });
    const list = () => listLinks({ index, clock }, { workspace: 'w', limit: 5 });
    expect(await list()).toMatchObject({ links: [{ code: 'spring' }] });
    clock.advance(5);
    expect(await list()).toEqual({ kind: 'page', links: [] });
  });
});
