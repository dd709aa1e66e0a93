import { mostPolicies, type OverrideRecord, type PolicyRecord } from './policy-record.ts';
import type { PolicyStore } from './policy-store.ts';

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** For tests. */
export const createMemoryPolicyStore = (most = mostPolicies): PolicyStore => {
  const policies = new Map<string, PolicyRecord>();
  const overrides = new Map<string, OverrideRecord>();
  const idOf = (workspace: string, name: string) => `${workspace}#${name}`;
  const overrideId = (workspace: string, name: string, key: string) =>
    `${workspace}#${name}#${key}`;

  const ofWorkspace = (workspace: string): readonly PolicyRecord[] =>
    [...policies.values()].filter((record) => record.workspace === workspace);
  const isCurrent = ({ workspace, name, id }: PolicyRecord, revision: number): boolean => {
    const held = policies.get(idOf(workspace, name));
    return held?.id === id && held.revision === revision;
  };

  return {
    find: async (workspace, name) => policies.get(idOf(workspace, name)),
    list: async (workspace) => [...ofWorkspace(workspace)].sort((a, b) => byName(a.name, b.name)),
    overrides: async (workspace, name) =>
      [...overrides.values()]
        .filter((record) => record.workspace === workspace && record.policy === name)
        .sort((a, b) => byName(a.key, b.key)),
    findOverride: async (workspace, name, key) => overrides.get(overrideId(workspace, name, key)),
    create: async (record) => {
      const id = idOf(record.workspace, record.name);
      if (policies.has(id)) return 'stale';
      if (ofWorkspace(record.workspace).length >= most) return 'full';
      policies.set(id, record);
      return 'stored';
    },
    change: async (next, override) => {
      const { workspace, name } = next;
      if (!isCurrent(next, next.revision - 1)) return 'stale';
      policies.set(idOf(workspace, name), next);
      if (override === undefined) return 'stored';
      if ('put' in override) {
        overrides.set(overrideId(workspace, name, override.put.key), override.put);
      } else overrides.delete(overrideId(workspace, name, override.drop.key));
      return 'stored';
    },
    delete: async (record) => {
      const { workspace, name, revision } = record;
      if (!isCurrent(record, revision)) return 'stale';
      policies.delete(idOf(workspace, name));
      for (const [id, override] of overrides) {
        if (override.workspace === workspace && override.policy === name) overrides.delete(id);
      }
      return 'stored';
    },
  };
};
