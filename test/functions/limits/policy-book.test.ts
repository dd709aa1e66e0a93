import { describe, expect, it } from 'vitest';
import { exampleOverride, examplePolicy } from './example-policy.ts';
import { watchedPolicyBook } from './watched-policy-book.ts';

describe('createPolicyBook', () => {
  it('finds a policy, and a key that is of this workspace and policy alone', async () => {
    const { find } = await watchedPolicyBook();
    const subject = await find('bob');
    expect(subject).toMatchObject({ key: 'acme/first/bob', policy: { name: 'login' } });
    expect(subject?.policy.limits[0]).toMatchObject({ burst: 5, intervalMicros: 12_000_000 });
  });

  it('reads a policy and its overrides once in 30 s, however many keys are asked for', async () => {
    const { clock, find, reads, store } = await watchedPolicyBook();
    await find('a');
    clock.advance(29_999);
    await find('b');
    expect([reads(), store.overrides.mock.calls.length]).toEqual([1, 1]);
    clock.advance(1);
    await find('c');
    expect([reads(), store.overrides.mock.calls.length]).toEqual([2, 2]);
  });

  it('shares one read among those that ask at the same time', async () => {
    const { find, reads } = await watchedPolicyBook();
    await Promise.all([find(), find(), find()]);
    expect(reads()).toBe(1);
  });

  it('gives out the same Policy object while nothing has changed', async () => {
    const { clock, find, memory } = await watchedPolicyBook();
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
    const { find, memory } = await watchedPolicyBook();
    const put = exampleOverride({ policyId: 'earlier' });
    await memory.change(examplePolicy({ revision: 2 }), { put });
    expect((await find('ada'))?.policy.limits[0]).toMatchObject({ burst: 5 });
  });

  it('has no override any more once it is gone', async () => {
    const { clock, find, memory } = await watchedPolicyBook();
    await memory.change(examplePolicy({ revision: 2 }), { put: exampleOverride() });
    expect((await find('ada'))?.policy.limits[0]).toMatchObject({ burst: 50 });
    await memory.change(examplePolicy({ revision: 3 }), { drop: { key: 'ada' } });
    clock.advance(30_000);
    expect((await find('ada'))?.policy).toBe((await find('bob'))?.policy);
  });

  it('goes on without an override that its policy does not take, and tells of it', async () => {
    const { find, memory, onMisfit } = await watchedPolicyBook();
    const put = exampleOverride({ settings: { limits: { none: { limit: 1 } } } });
    await memory.change(examplePolicy({ revision: 2 }), { put });
    expect((await find('ada'))?.policy).toBe((await find('bob'))?.policy);
    await find('ada');
    expect(onMisfit).toHaveBeenCalledTimes(1);
  });

  it('holds a bounded number of policies, and names made up push out none', async () => {
    const { book, find, memory, reads } = await watchedPolicyBook({ maxPolicies: 10 });
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
