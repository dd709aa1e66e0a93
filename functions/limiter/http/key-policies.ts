import QuickLRU from 'quick-lru';
import type { LimitPolicies } from '../env.ts';
import type { Policy } from '../policy.ts';
import { type ApiPolicies, type KeyLimits, toKeyPolicies, toPolicies } from './api-policies.ts';

/** Which of a key's limits a request is charged to: `checks` for those that ask /v1/limits. */
export type KeyLimit = 'requests' | 'checks';

export interface KeyPolicies {
  /** The policy of a key, with its own limits where it has some; the same object while they last. */
  find(kind: KeyLimit, limits: KeyLimits | undefined): Policy;
}

type Rows = Pick<ApiPolicies, 'perKey' | 'checksPerKey'>;

/**
 * Policies of keys whose limits are other than the stage's. Limits that do not fit the stage's table
 * (it was changed since they were set) count as none, and `onMisfit` is told: a key is never locked
 * out by them.
 */
export const createKeyPolicies = (
  table: LimitPolicies,
  onMisfit: (limits: KeyLimits, error: unknown) => void = () => undefined,
): KeyPolicies => {
  const stage: Rows = toPolicies(table);
  const made = new QuickLRU<string, Rows>({ maxSize: 1_000 });

  const make = (limits: KeyLimits): Rows => {
    try {
      return toKeyPolicies(table, limits);
    } catch (error) {
      onMisfit(limits, error);
      return stage;
    }
  };

  const rowsOf = (limits: KeyLimits): Rows => {
    const name = JSON.stringify([limits.requests, limits.checks]);
    const known = made.get(name);
    if (known !== undefined) return known;
    const rows = make(limits);
    made.set(name, rows);
    return rows;
  };

  return {
    find: (kind, limits) => {
      const { perKey, checksPerKey } = limits === undefined ? stage : rowsOf(limits);
      return kind === 'checks' ? checksPerKey : perKey;
    },
  };
};
