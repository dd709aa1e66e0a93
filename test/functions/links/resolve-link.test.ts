import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Link } from '../../../functions/links/link.ts';
import { type LinkKey, pathOfCode } from '../../../functions/links/link-key.ts';
import { resolveLink } from '../../../functions/links/resolve-link.ts';

const now = Date.UTC(2026, 0, 1);
const active: Link = {
  domain: '_',
  code: 'abc1234',
  id: 'abc1234',
  url: 'https://example.org/',
  status: 302,
  state: 'active',
  workspace: 'w1',
  owner: 'key:k1',
  createdAt: 0,
  tags: [],
  version: 1,
};

const resolve = (path: string | undefined, link: Link | undefined = active) =>
  resolveLink(path, now, async ({ code }: LinkKey) => (code === link?.code ? link : undefined));

describe('resolveLink', () => {
  it('redirects by a live link', async () => {
    expect(await resolve('abc1234')).toEqual({ kind: 'redirect', link: active });
  });

  it('previews a live link by a plus sign', async () => {
    expect(await resolve('abc1234+')).toEqual({ kind: 'preview', link: active });
  });

  it.each([
    ['expired', { expiresAt: now }],
    ['not-started', { startsAt: now + 1 }],
    ['disabled', { state: 'disabled' }],
    ['deleted', { state: 'trashed' }],
    ['banned', { state: 'banned' }],
    ['unknown', { state: 'trashed', reservedUntil: now }],
  ] as const)('refuses as %s, the preview too', async (answer, change) => {
    const refused = { kind: 'refused', answer };
    expect(await resolve('abc1234', { ...active, ...change })).toEqual(refused);
    expect(await resolve('abc1234+', { ...active, ...change })).toEqual(refused);
  });

  it('redirects until the very moment of expiry', async () => {
    expect(await resolve('abc1234', { ...active, expiresAt: now + 1 })).toMatchObject({
      kind: 'redirect',
    });
  });

  it('finds a code however its letters are composed', async () => {
    const link = { ...active, code: 'caf\u00e9' };
    expect(await resolve('cafe\u0301', link)).toEqual({ kind: 'redirect', link });
  });

  it.each([
    undefined,
    '',
    '+',
    'abc1234++',
    'abc1234/',
    '../etc',
    'a\u0000b',
    'a b',
    'x'.repeat(10_000),
  ])('asks no table about %j', async (path) => {
    const find = vi.fn(async () => active);
    expect(await resolveLink(path, now, find)).toEqual({ kind: 'refused', answer: 'unknown' });
    expect(find).not.toHaveBeenCalled();
  });

  it('never throws for a path', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (path) => {
        expect((await resolve(path)).kind).toMatch(/redirect|preview|refused/);
      }),
    );
  });

  it('finds what pathOfCode spells', async () => {
    const link = { ...active, code: 'Straße/❤' };
    expect(await resolve(decodeURIComponent(pathOfCode(link.code).slice(1)), link)).toMatchObject({
      kind: 'redirect',
    });
  });
});
