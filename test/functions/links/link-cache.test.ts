import { describe, expect, it, vi } from 'vitest';
import type { Link } from '../../../functions/links/link.ts';
import { cacheLinks } from '../../../functions/links/link-cache.ts';
import type { LinkKey } from '../../../functions/links/link-key.ts';
import { manualClock } from '../../support/manual-clock.ts';

const key: LinkKey = { domain: '_', code: 'abc1234' };
const link: Link = {
  ...key,
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

const setUp = ({ cacheSeconds = 5, cacheEntries = 100 } = {}) => {
  const clock = manualClock();
  const find = vi.fn(async (_: LinkKey): Promise<Link | undefined> => link);
  return { clock, find, cached: cacheLinks(find, clock, { cacheSeconds, cacheEntries }) };
};

describe('cacheLinks', () => {
  it('reads a link once in its life', async () => {
    const { clock, find, cached } = setUp();
    expect(await cached(key)).toBe(link);
    clock.advance(4999);
    expect(await cached(key)).toBe(link);
    expect(find).toHaveBeenCalledTimes(1);
    clock.advance(1);
    await cached(key);
    expect(find).toHaveBeenCalledTimes(2);
  });

  it('remembers that there is no link', async () => {
    const { clock, find, cached } = setUp();
    find.mockResolvedValue(undefined);
    expect(await cached(key)).toBeUndefined();
    expect(await cached(key)).toBeUndefined();
    expect(find).toHaveBeenCalledTimes(1);
    clock.advance(5000);
    find.mockResolvedValue(link);
    expect(await cached(key)).toBe(link);
  });

  it('counts the age from the question, not from the answer', async () => {
    const { clock, find, cached } = setUp();
    find.mockImplementationOnce(async () => {
      clock.advance(3000);
      return link;
    });
    await cached(key);
    clock.advance(2000);
    await cached(key);
    expect(find).toHaveBeenCalledTimes(2);
  });

  it('shares one read among requests that come together', async () => {
    const { find, cached } = setUp();
    const found = await Promise.all(Array.from({ length: 50 }, () => cached(key)));
    expect(found.every((each) => each === link)).toBe(true);
    expect(find).toHaveBeenCalledTimes(1);
  });

  it('reads again after a shared read, also one that failed', async () => {
    const { find, cached } = setUp({ cacheSeconds: 0 });
    find.mockRejectedValueOnce(new Error('throttled'));
    const both = await Promise.allSettled([cached(key), cached(key)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cached(key)).toBe(link);
    await cached(key);
    expect(find).toHaveBeenCalledTimes(3);
  });

  it('answers with what it knows while the table is down, for a minute', async () => {
    const { clock, find, cached } = setUp();
    await cached(key);
    find.mockRejectedValue(new Error('down'));
    clock.advance(59_000);
    expect(await cached(key)).toBe(link);
    clock.advance(1000);
    await expect(cached(key)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('asks a table that is down once a second', async () => {
    const { clock, find, cached } = setUp();
    await cached(key);
    find.mockRejectedValue(new Error('down'));
    clock.advance(5000);
    for (let request = 0; request < 10; request++) await cached(key);
    expect(find).toHaveBeenCalledTimes(2);
    clock.advance(1000);
    await cached(key);
    expect(find).toHaveBeenCalledTimes(3);
  });

  it('tells of a fault where it knows no link', async () => {
    const { clock, find, cached } = setUp();
    find.mockResolvedValueOnce(undefined);
    await cached(key);
    clock.advance(5000);
    const cause = new Error('down');
    find.mockRejectedValue(cause);
    await expect(cached(key)).rejects.toMatchObject({ code: 'unavailable', cause });
  });

  it('holds a bounded number of links', async () => {
    const { find, cached } = setUp({ cacheEntries: 10 });
    await cached(key);
    for (let index = 0; index < 20; index++) await cached({ domain: '_', code: `other${index}` });
    await cached(key);
    expect(find).toHaveBeenCalledTimes(22);
  });
});
