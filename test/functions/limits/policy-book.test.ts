import { describe, expect, it, vi } from 'vitest';
import { createMemoryPolicyStore } from '../../../functions/limits/memory-policy-store.ts';
import { createPolicyBook } from '../../../functions/limits/policy-book.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { exampleOverride, examplePolicy } from './example-policy.ts';

const setUp = async ({ empty = false, maxPolicies = 1_000 } = {}) => {
  const clock = manualClock();
  const memory = createMemoryPolicyStore();
  if (!empty) await memory.create(examplePolicy());
  let isDown = false;
  let gate: Promise<void> = Promise.resolve();
  const fault = () => {
    if (isDown) throw new Error('down');
  };
  const store = {
    find: vi.fn<typeof memory.find>(async (...args) => {
      fault();
      const record = await memory.find(...args);
      await gate;
      return record;
    }),
    overrides: vi.fn<typeof memory.overrides>(async (...args) => {
      fault();
      return memory.overrides(...args);
    }),
  };
  const onMisfit = vi.fn();
  const book = createPolicyBook({ store, clock, maxPolicies, onMisfit });
  const find = (key = 'bob', name = 'login') => book.find('acme', name, key);
  return {
    book,
    clock,
    find,
    memory,
    onMisfit,
    store,
    reads: () => store.find.mock.calls.length,
    setDown: (down: boolean) => {
      isDown = down;
    },
    /** Holds answers back until the returned function is called. */
    hold: () => {
      let open: () => void = () => undefined;
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return () => open();
    },
  };
};

describe('createPolicyBook', () => {
  it('finds a policy, and a key that is of this workspace and policy alone', async () => {
    const { find } = await setUp();
    const subject = await find('bob');
    expect(subject).toMatchObject({ key: 'acme/first/bob', policy: { name: 'login' } });
    expect(subject?.policy.limits[0]).toMatchObject({ burst: 5, intervalMicros: 12_000_000 });
  });

  it('reads a policy and its overrides once in 30 s, however many keys are asked for', async () => {
    const { clock, find, reads, store } = await setUp();
    await find('a');
    clock.advance(29_999);
    await find('b');
    expect([reads(), store.overrides.mock.calls.length]).toEqual([1, 1]);
    clock.advance(1);
    await find('c');
    expect([reads(), store.overrides.mock.calls.length]).toEqual([2, 2]);
  });

  it('shares one read among those that ask at the same time', async () => {
    const { find, reads } = await setUp();
    await Promise.all([find(), find(), find()]);
    expect(reads()).toBe(1);
  });

  it('gives out the same Policy object while nothing has changed', async () => {
    const { clock, find, memory } = await setUp();
    await memory.change(examplePolicy({ revision: 2 }), { put: exampleOverride() });
    const [plain, own] = [await find('bob'), await find('ada')];
    clock.advance(30_000);
    expect((await find('bob'))?.policy).toBe(plain?.policy);
    expect((await find('ada'))?.policy).toBe(own?.policy);
    const changed = exampleOverride({ settings: { limit: 60 }, revision: 3 });
    await memory.change(examplePolicy({ revision: 3 }), { put: changed });
    clock.advance(30_000);
    expect((await find('bob'))?.policy).toBe(plain?.policy);
    expect((await find('ada'))?.policy.limits[0]).toMatchObject({ burst: 60 });
    const settings = { limit: 7, windowSeconds: 60 };
    await memory.change(examplePolicy({ version: 2, revision: 4, settings }));
    clock.advance(30_000);
    expect((await find('bob'))?.policy.limits[0]).toMatchObject({ burst: 7 });
  });

  it('has overrides of the policy itself only, not of one that had the name before', async () => {
    const { find, memory } = await setUp();
    const put = exampleOverride({ policyId: 'earlier' });
    await memory.change(examplePolicy({ revision: 2 }), { put });
    expect((await find('ada'))?.policy.limits[0]).toMatchObject({ burst: 5 });
  });

  it('has no override any more once it is gone', async () => {
    const { clock, find, memory } = await setUp();
    await memory.change(examplePolicy({ revision: 2 }), { put: exampleOverride() });
    expect((await find('ada'))?.policy.limits[0]).toMatchObject({ burst: 50 });
    await memory.change(examplePolicy({ revision: 3 }), { drop: { key: 'ada' } });
    clock.advance(30_000);
    expect((await find('ada'))?.policy).toBe((await find('bob'))?.policy);
  });

  it('goes on without an override that its policy does not take, and tells of it', async () => {
    const { find, memory, onMisfit } = await setUp();
    const put = exampleOverride({ settings: { limits: { none: { limit: 1 } } } });
    await memory.change(examplePolicy({ revision: 2 }), { put });
    expect((await find('ada'))?.policy).toBe((await find('bob'))?.policy);
    await find('ada');
    expect(onMisfit).toHaveBeenCalledTimes(1);
  });

  it('believes for 5 s that there is no policy', async () => {
    const { clock, find, memory, reads } = await setUp({ empty: true });
    expect(await find()).toBeUndefined();
    await memory.create(examplePolicy());
    clock.advance(4_999);
    expect(await find()).toBeUndefined();
    expect(reads()).toBe(1);
    clock.advance(1);
    expect(await find()).toBeDefined();
  });

  it('forgets a policy that was deleted elsewhere', async () => {
    const { clock, find, memory } = await setUp();
    await find();
    await memory.delete(examplePolicy());
    clock.advance(30_000);
    expect(await find()).toBeUndefined();
  });

  it('reads what was changed here at once, and consistently', async () => {
    const { book, find, memory, store } = await setUp();
    const before = await find();
    const settings = { limit: 9, windowSeconds: 60 };
    await memory.change(examplePolicy({ version: 2, revision: 2, settings }));
    expect((await find())?.policy).toBe(before?.policy);
    book.forget('acme', 'login');
    expect((await find())?.policy.limits[0]).toMatchObject({ burst: 9 });
    expect(store.find).toHaveBeenLastCalledWith('acme', 'login', { consistent: true });
  });

  it('sees at once a policy that was made here', async () => {
    const { book, find, memory } = await setUp({ empty: true });
    expect(await find()).toBeUndefined();
    await memory.create(examplePolicy());
    book.forget('acme', 'login');
    expect(await find()).toBeDefined();
  });

  it('does not remember what was read before a change of this process', async () => {
    const { book, find, hold, memory } = await setUp();
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
    const { clock, find, memory, store } = await setUp();
    const settings = { limit: 9, windowSeconds: 60 };
    await memory.change(examplePolicy({ version: 2, revision: 2, settings }));
    await find();
    clock.advance(30_000);
    store.find.mockResolvedValueOnce(examplePolicy());
    expect((await find())?.policy.limits[0]).toMatchObject({ burst: 9 });
  });

  it('lets others go on with what is known while one waits for the table', async () => {
    const { clock, find, hold, reads } = await setUp();
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
    const { clock, find, reads, setDown } = await setUp();
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
    const { find, setDown } = await setUp();
    setDown(true);
    await expect(find()).rejects.toMatchObject({
      code: 'unavailable',
      headers: { 'retry-after': '2' },
    });
    setDown(false);
    expect(await find()).toBeDefined();
  });

  it('holds a bounded number of policies, and names made up push out none', async () => {
    const { book, find, memory, reads } = await setUp({ maxPolicies: 10 });
    await find();
    for (let n = 0; n < 100; n++) await find('bob', `unknown-${n}`);
    const before = reads();
    await find();
    expect(reads()).toBe(before);
    for (let n = 0; n < 30; n++) {
      await memory.create(examplePolicy({ name: `p${n}` }));
      await book.find('acme', `p${n}`, 'bob');
    }
    const after = reads();
    await find();
    expect(reads()).toBe(after + 1);
  });
});
