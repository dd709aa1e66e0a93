import { vi } from 'vitest';
import { createMemoryPolicyStore } from '../../../functions/limits/memory-policy-store.ts';
import { createPolicyBook } from '../../../functions/limits/policy-book.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { examplePolicy } from './example-policy.ts';

/** A book over a store whose reads are noted, and which can be held back or told to fail. */
export const watchedPolicyBook = async ({ empty = false, maxPolicies = 1_000 } = {}) => {
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
