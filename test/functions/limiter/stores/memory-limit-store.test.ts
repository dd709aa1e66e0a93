import { describe, expect, it } from 'vitest';
import { createMemoryLimitStore } from '../../../../functions/limiter/stores/memory-limit-store.ts';
import { heapMiB } from '../heap.ts';
import { hourAndBurst } from '../policies.ts';
import { limitStoreContract } from './limit-store.contract.ts';

const shared = createMemoryLimitStore();
limitStoreContract('memory', () => shared);

describe('createMemoryLimitStore', () => {
  it('stays bounded under 200,000 keys', async () => {
    const store = createMemoryLimitStore({ maxKeys: 5_000 });
    const { limits } = hourAndBurst(1000, 100);
    const send = async (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        await store.take({ key: `k${i}`, limits, cost: 1, nowMicros: 1.7e15, requestId: `r${i}` });
      }
      return heapMiB();
    };
    const before = await send(0, 20_000);
    expect(await send(20_000, 200_000)).toBeLessThan(before + 5);
  });
});
