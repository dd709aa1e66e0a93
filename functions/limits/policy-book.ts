import QuickLRU from 'quick-lru';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { Policy } from '../limiter/index.ts';
import { compileOverride, compilePolicy } from './compile-policy.ts';
import type { OverrideRecord, PolicyRecord } from './policy-record.ts';
import type { PolicyStore } from './policy-store.ts';

/** A key under the policy that is in force for it, as the limiter takes them. */
export interface ChargedSubject {
  readonly policy: Policy;
  /** Of this workspace, of this policy and of no other. */
  readonly key: string;
}

export interface PolicyBook {
  /**
   * Undefined where the workspace has no such policy.
   * @throws AppError `unavailable` where the table does not answer and no recent policy is known
   */
  find(workspace: string, name: string, key: string): Promise<ChargedSubject | undefined>;
  /** After a change by this process: the next find reads it anew. */
  forget(workspace: string, name: string): void;
}

export interface PolicyBookOptions {
  readonly store: Pick<PolicyStore, 'find' | 'overrides'>;
  readonly clock: Clock;
  /** Policies held; up to twice as many while the least recent ones make way. @default 1,000 */
  readonly maxPolicies?: number;
  /** Is told of an override that its policy does not take; the key then has no override. */
  readonly onMisfit?: (override: OverrideRecord, error: unknown) => void;
}

const knownForMs = 30_000;
const unknownForMs = 5_000;
const staleForMs = 15 * 60_000;
/** While the table is down it is asked again only so often. */
const retryAfterMs = 1_000;

interface Entry {
  readonly record: PolicyRecord;
  readonly policy: Policy;
  readonly overrides: ReadonlyMap<string, OverrideRecord>;
  /** Policies of keys with an override, made when first asked for. */
  readonly made: Map<string, { readonly revision: number; readonly policy: Policy }>;
  readonly askedAt: number;
}

/**
 * A workspace's policies as a process remembers them: one GetItem and one Query a policy in 30 s.
 * The same Policy object is given out while nothing of it has changed: leases hang on it.
 */
export const createPolicyBook = (options: PolicyBookOptions): PolicyBook => {
  const { store, clock, maxPolicies = 1_000, onMisfit = () => undefined } = options;
  const entries = new QuickLRU<string, Entry>({ maxSize: maxPolicies });
  /** When there was none; apart, so that names made up do not push out policies. */
  const absent = new QuickLRU<string, number>({ maxSize: maxPolicies });
  const retryAt = new QuickLRU<string, number>({ maxSize: maxPolicies });
  const pending = new Map<string, Promise<Entry | undefined>>();
  /** Changed by this process since they were last read. */
  const changed = new QuickLRU<string, true>({ maxSize: maxPolicies });

  const merge = (
    known: Entry | undefined,
    record: PolicyRecord,
    overrides: readonly OverrideRecord[],
    askedAt: number,
  ): Entry => {
    const { id, version, revision } = record;
    // An eventually consistent read may be older than the one before it.
    if (known?.record.id === id && known.record.revision > revision) return { ...known, askedAt };
    const isSame = known?.record.id === id && known.record.version === version;
    const own = overrides.filter(({ policyId }) => policyId === id);
    return {
      record,
      policy: isSame ? known.policy : compilePolicy(record.name, record.settings),
      overrides: new Map(own.map((override) => [override.key, override])),
      made: isSame ? known.made : new Map(),
      askedAt,
    };
  };

  const load = async (id: string, workspace: string, name: string) => {
    const askedAt = clock.now();
    const read = { consistent: changed.has(id) };
    const [record, overrides] = await Promise.all([
      store.find(workspace, name, read),
      store.overrides(workspace, name, read),
    ]);
    return record && merge(entries.get(id), record, overrides, askedAt);
  };

  const remember = (id: string, entry: Entry | undefined, askedAt: number): void => {
    changed.delete(id);
    retryAt.delete(id);
    if (entry !== undefined) entries.set(id, entry);
    else {
      entries.delete(id);
      absent.set(id, askedAt);
    }
  };

  const refresh = (id: string, workspace: string, name: string): Promise<Entry | undefined> => {
    const askedAt = clock.now();
    const reading: Promise<Entry | undefined> = load(id, workspace, name).then(
      (entry) => {
        // What was read before a change of ours is not remembered.
        if (pending.get(id) === reading) remember(id, entry, askedAt);
        return entry;
      },
      (cause: unknown) => {
        const known = entries.get(id);
        if (known === undefined || clock.now() - known.askedAt >= staleForMs) {
          throw new AppError('unavailable', 'The policies cannot be read just now; try again.', {
            cause,
            headers: { 'retry-after': '2' },
          });
        }
        retryAt.set(id, clock.now() + retryAfterMs);
        return known;
      },
    );
    pending.set(id, reading);
    const settle = () => {
      if (pending.get(id) === reading) pending.delete(id);
    };
    reading.then(settle, settle);
    return reading;
  };

  const entryOf = async (workspace: string, name: string): Promise<Entry | undefined> => {
    const id = `${workspace}#${name}`;
    const now = clock.now();
    const known = entries.get(id);
    const age = known === undefined ? Number.POSITIVE_INFINITY : now - known.askedAt;
    if (known !== undefined) {
      if (age < knownForMs && !changed.has(id)) return known;
      // One request waits for the table; the others go on with what is known.
      const isBusy = pending.has(id) && !changed.has(id);
      const isPaused = now < (retryAt.get(id) ?? 0);
      if ((isBusy || isPaused) && age < staleForMs) return known;
    }
    if (known === undefined && now - (absent.get(id) ?? Number.NEGATIVE_INFINITY) < unknownForMs) {
      return undefined;
    }
    return pending.get(id) ?? refresh(id, workspace, name);
  };

  const policyFor = ({ record, policy, overrides, made }: Entry, key: string): Policy => {
    const override = overrides.get(key);
    if (override === undefined) {
      made.delete(key);
      return policy;
    }
    const { revision, settings } = override;
    const known = made.get(key);
    if (known?.revision === revision) return known.policy;
    let own = policy;
    try {
      own = compileOverride(record.name, record.settings, settings);
    } catch (error) {
      onMisfit(override, error);
    }
    made.set(key, { revision, policy: own });
    return own;
  };

  return {
    find: async (workspace, name, key) => {
      const entry = await entryOf(workspace, name);
      if (entry === undefined) return undefined;
      return { policy: policyFor(entry, key), key: `${workspace}/${entry.record.id}/${key}` };
    },
    forget: (workspace, name) => {
      const id = `${workspace}#${name}`;
      pending.delete(id);
      absent.delete(id);
      retryAt.delete(id);
      changed.set(id, true);
    },
  };
};
