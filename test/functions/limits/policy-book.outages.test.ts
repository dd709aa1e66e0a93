import { describe, expect, it } from 'vitest';
import { watchedPolicyBook } from './watched-policy-book.ts';

describe('createPolicyBook', () => {
  it('lets others go on with what is known while one waits for the table', async () => {
    const { clock, find, hold, reads } = await watchedPolicyBook();
    await find();
    clock.advance(30_000);
    const open = hold();
    const waiting = find();
    expect(await find()).toBeDefined();
    open();
    await waiting;
    expect(reads()).toBe(2);
  });

  it('goes on for 15 minutes without the table, which it asks once a second', async () => {
    const { clock, find, reads, setDown } = await watchedPolicyBook();
    const before = await find();
    setDown(true);
    clock.advance(30_000);
    for (let n = 0; n < 5; n++) expect((await find())?.policy).toBe(before?.policy);
    expect(reads()).toBe(2);
    clock.advance(1_000);
    await find();
    expect(reads()).toBe(3);
    clock.advance(15 * 60_000 - 31_001);
    expect(await find()).toBeDefined();
    clock.advance(1_001);
    await expect(find()).rejects.toMatchObject({ code: 'unavailable' });
    setDown(false);
    expect((await find())?.policy).toBe(before?.policy);
  });

  it('is unavailable where the table is down and nothing is known', async () => {
    const { find, setDown } = await watchedPolicyBook();
    setDown(true);
    await expect(find()).rejects.toMatchObject({
      code: 'unavailable',
      headers: { 'retry-after': '2' },
    });
    setDown(false);
    expect(await find()).toBeDefined();
  });
});
