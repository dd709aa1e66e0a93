import { describe, expect, it, vi } from 'vitest';
import type { IfMatch } from '../../../../functions/http/if-match.ts';
import type { Link, LinkPatch } from '../../../../functions/links/link.ts';
import { changeLink } from '../../../../functions/links/manage/change-link.ts';
import { deleteLink } from '../../../../functions/links/manage/delete-link.ts';
import { rewriteLink } from '../../../../functions/links/manage/rewrite-link.ts';
import { defaultLinkSettings } from '../../../../functions/links/settings.ts';
import { memoryLinkStore } from '../../../../functions/links/store/memory-link-store.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { exampleLink } from '../example-link.ts';

const target = { workspace: 'acme', id: 'spring' };

const setup = async (link: Link = exampleLink()) => {
  const store = memoryLinkStore();
  await store.create(link);
  const ports = { store, clock: manualClock(), settings: defaultLinkSettings };
  const patch = (change: LinkPatch, precondition?: IfMatch) =>
    changeLink(ports, {
      ...target,
      patch: change,
      host: 'hop.example',
      ...(precondition !== undefined && { precondition }),
    });
  return { store, ports, patch };
};

describe('changeLink', () => {
  it('stores what was changed, one version on', async () => {
    const { store, patch } = await setup();
    const result = await patch({ url: 'https://Example.org/2', state: 'disabled' });
    const changed = exampleLink({ url: 'https://example.org/2', state: 'disabled', version: 2 });
    expect(result).toEqual({ kind: 'written', link: changed });
    expect(await store.get(changed)).toEqual(changed);
  });

  it('writes nothing where nothing changes', async () => {
    const { store, patch } = await setup();
    const update = vi.spyOn(store, 'update');
    expect(await patch({ tags: [] })).toEqual({ kind: 'written', link: exampleLink() });
    expect(update).not.toHaveBeenCalled();
  });

  it.each([[[1]], [[7, 1]], ['any']] as const)('accepts If-Match %j', async (precondition) => {
    const { patch } = await setup();
    expect(await patch({ title: 'T' }, precondition)).toMatchObject({ kind: 'written' });
  });

  it.each([[[2]], [[]]])('refuses If-Match %j', async (precondition) => {
    const { patch } = await setup();
    expect(await patch({ title: 'T' }, precondition)).toEqual({ kind: 'version-mismatch' });
  });

  it('lets both of two changes through without If-Match', async () => {
    const { store, patch } = await setup();
    await Promise.all([patch({ title: 'T' }), patch({ status: 308 })]);
    expect(await store.get(exampleLink())).toEqual(
      exampleLink({ title: 'T', status: 308, version: 3 }),
    );
  });

  it('lets one of two changes through with If-Match', async () => {
    const { patch } = await setup();
    const results = await Promise.all([patch({ title: 'A' }, [1]), patch({ title: 'B' }, [1])]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['version-mismatch', 'written']);
  });

  it('refuses a destination before it reads', async () => {
    const { store, patch } = await setup();
    const read = vi.spyOn(store, 'getForUpdate');
    expect(await patch({ url: 'http://wiki/' })).toMatchObject({ code: 'single-label-host' });
    expect(await patch({ url: 'https://hop.example/a' })).toMatchObject({ code: 'own-host' });
    expect(read).not.toHaveBeenCalled();
  });

  it('changes nothing of a banned link', async () => {
    const { patch } = await setup(exampleLink({ state: 'banned' }));
    expect(await patch({ state: 'active' })).toEqual({ kind: 'not-allowed' });
    expect(await patch({ url: 'https://example.org/2' })).toEqual({ kind: 'not-allowed' });
  });

  it("knows nothing of another workspace's link", async () => {
    const { patch } = await setup(exampleLink({ workspace: 'other' }));
    expect(await patch({ title: 'T' })).toEqual({ kind: 'not-found' });
  });
});

describe('deleteLink', () => {
  it('leaves a tombstone, and then there is no link', async () => {
    const { store, ports } = await setup();
    expect(await deleteLink(ports, target)).toMatchObject({ kind: 'written' });
    expect(await store.get(exampleLink())).toMatchObject({ state: 'trashed', version: 2 });
    expect(await deleteLink(ports, target)).toEqual({ kind: 'not-found' });
  });

  it('refuses to delete another version', async () => {
    const { ports } = await setup();
    expect(await deleteLink(ports, target, [2])).toEqual({ kind: 'version-mismatch' });
  });
});

describe('rewriteLink', () => {
  it('gives up where others are always faster', async () => {
    const { ports } = await setup();
    vi.spyOn(ports.store, 'update').mockResolvedValue('stale');
    const bump = (link: Link) => ({ ...link, version: link.version + 1 });
    expect(await rewriteLink(ports, target, bump)).toEqual({ kind: 'contended' });
    expect(await rewriteLink(ports, target, bump, [1])).toEqual({ kind: 'contended' });
  });
});
