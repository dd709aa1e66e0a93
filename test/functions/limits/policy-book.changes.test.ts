import { describe, expect, it } from 'vitest';
import { examplePolicy } from './example-policy.ts';
import { watchedPolicyBook } from './watched-policy-book.ts';

describe('createPolicyBook', () => {
  it('believes for 5 s that there is no policy', async () => {
    const { clock, find, memory, reads } = await watchedPolicyBook({ empty: true });
    expect(await find()).toBeUndefined();
    await memory.create(examplePolicy());
    clock.advance(4_999);
    expect(await find()).toBeUndefined();
    expect(reads()).toBe(1);
    clock.advance(1);
    expect(await find()).toBeDefined();
  });

  it('forgets a policy that was deleted elsewhere', async () => {
    const { clock, find, memory } = await watchedPolicyBook();
    await find();
    await memory.delete(examplePolicy());
    clock.advance(30_000);
    expect(await find()).toBeUndefined();
  });

  it('reads what was changed here at once, and consistently', async () => {
    const { book, find, memory, store } = await watchedPolicyBook();
    const before = await find();
    const settings = { limit: 9, windowSeconds: 60 };
    await memory.change(examplePolicy({ version: 2, revision: 2, settings }));
    expect((await find())?.policy).toBe(before?.policy);
    book.forget('acme', 'login');
    expect((await find())?.policy.limits[0]).toMatchObject({ burst: 9 });
    expect(store.find).toHaveBeenLastCalledWith('acme', 'login', { consistent: true });
  });

  it('sees at once a policy that was made here', async () => {
    const { book, find, memory } = await watchedPolicyBook({ empty: true });
    expect(await find()).toBeUndefined();
    await memory.create(examplePolicy());
    book.forget('acme', 'login');
    expect(await find()).toBeDefined();
  });

  it('does not remember what was read before a change of this process', async () => {
    const { book, find, hold, memory } = await watchedPolicyBook();
    const open = hold();
    const early = find();
    const settings = { limit: 9, windowSeconds: 60 };
    await memory.change(examplePolicy({ version: 2, revision: 2, settings }));
    book.forget('acme', 'login');
    const late = find();
    open();
    expect((await early)?.policy.limits[0]).toMatchObject({ burst: 5 });
    expect((await late)?.policy.limits[0]).toMatchObject({ burst: 9 });
    expect((await find())?.policy.limits[0]).toMatchObject({ burst: 9 });
  });

  it('does not go back to an older revision', async () => {
    const { clock, find, memory, store } = await watchedPolicyBook();
    const settings = { limit: 9, windowSeconds: 60 };
    await memory.change(examplePolicy({ version: 2, revision: 2, settings }));
    await find();
    clock.advance(30_000);
    store.find.mockResolvedValueOnce(examplePolicy());
    expect((await find())?.policy.limits[0]).toMatchObject({ burst: 9 });
  });
});
