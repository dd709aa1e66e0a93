import type { Clock } from '../../kernel/clock.ts';
import type { PolicyBook } from '../policy-book.ts';
import type { PolicyStore } from '../policy-store.ts';

/** What changing policies works with. */
export interface ManagePorts {
  readonly store: PolicyStore;
  readonly clock: Clock;
  /** Is made to forget what has changed. */
  readonly book: Pick<PolicyBook, 'forget'>;
}

export interface PolicyTarget {
  readonly workspace: string;
  readonly name: string;
}

/** Others may write in between; each time it is looked at anew. */
const mostAttempts = 8;

/** Runs a read-then-write until the write finds what was read. */
export const settle = async <T>(
  attempt: () => Promise<T | 'stale'>,
): Promise<T | { readonly kind: 'contended' }> => {
  for (let tried = 0; tried < mostAttempts; tried++) {
    const result = await attempt();
    if (result !== 'stale') return result;
  }
  return { kind: 'contended' };
};
