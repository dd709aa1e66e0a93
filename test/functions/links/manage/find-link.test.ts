import { describe, expect, it, vi } from 'vitest';
import type { Link } from '../../../../functions/links/link.ts';
import { findLink } from '../../../../functions/links/manage/find-link.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { exampleLink } from '../example-link.ts';

const clock = manualClock();
const find = (id: string, link: Link, workspace = 'acme') =>
  findLink({ read: async () => link, clock }, { workspace, id });

describe('findLink', () => {
  it('finds the link of its workspace by its id', async () => {
    const link = exampleLink({ code: 'a/b' });
    const read = vi.fn(async () => link);
    expect(await findLink({ read, clock }, { workspace: 'acme', id: link.id })).toBe(link);
    expect(read).toHaveBeenCalledWith({ domain: '_', code: 'a/b' });
  });

  it.each([
    ["another workspace's link", exampleLink({ workspace: 'other' })],
    ['a deleted link', exampleLink({ state: 'trashed', reservedUntil: clock.now() + 1 })],
    ['a forgotten link', exampleLink({ reservedUntil: clock.now() })],
  ])('knows nothing of %s', async (_name, link) => {
    expect(await find('spring', link)).toBeUndefined();
  });

  it('asks no table about an id that is none', async () => {
    const read = vi.fn(async () => exampleLink());
    expect(await findLink({ read, clock }, { workspace: 'acme', id: 'a b' })).toBeUndefined();
    expect(read).not.toHaveBeenCalled();
  });
});
