import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoPolicyStore } from '../../../functions/limits/dynamo-policy-store.ts';
import { type Engine, startEngine } from '../../support/engine.ts';
import { exampleOverride, examplePolicy } from './example-policy.ts';
import { policyStoreContract } from './policy-store.contract.ts';

let engine: Engine;
let tables = 0;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(async () => engine.stop());

const newTable = async () => {
  const name = `control-${tables++}`;
  await engine.createTable({ name, sortKey: true });
  return name;
};

policyStoreContract('createDynamoPolicyStore', async (most) =>
  createDynamoPolicyStore(engine.documentClient(), await newTable(), most),
);

describe('createDynamoPolicyStore', () => {
  it('reads overrides page by page', async () => {
    const store = createDynamoPolicyStore(engine.documentClient(), await newTable());
    await store.create(examplePolicy());
    // 1,100 of 1 KB are more than the 1 MB that a page holds.
    const keys = Array.from({ length: 1_100 }, (_, n) => `${n}-${'x'.repeat(1_000)}`);
    for (const [index, key] of keys.entries()) {
      await store.change(examplePolicy({ revision: index + 2 }), { put: exampleOverride({ key }) });
    }
    expect(await store.overrides('acme', 'login')).toHaveLength(keys.length);
  }, 60_000);

  it('leaves an override of a policy that has the name since', async () => {
    const store = createDynamoPolicyStore(engine.documentClient(), await newTable());
    await store.create(examplePolicy());
    const next = examplePolicy({ revision: 2, overrideCount: 1 });
    await store.change(next, { put: exampleOverride({ policyId: 'second' }) });
    expect(await store.delete(next)).toBe('stored');
    expect(await store.findOverride('acme', 'login', 'ada')).toMatchObject({ policyId: 'second' });
  });

  it('throws what is no failed condition', async () => {
    const store = createDynamoPolicyStore(engine.documentClient(), 'no-such-table');
    await expect(store.create(examplePolicy())).rejects.toThrow();
    await expect(store.find('acme', 'login')).rejects.toThrow();
  });
});
