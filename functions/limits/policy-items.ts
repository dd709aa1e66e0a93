import { sha256Base64url } from '../kernel/hashing.ts';
import type { OverrideRecord, PolicyRecord } from './policy-record.ts';

type Item = Readonly<Record<string, unknown>>;

export const policyPrefix = 'policy#';
export const overridePrefix = (name: string): string => `override#${name}#`;

/** Sort keys end at 1,024 bytes, and a user's key may have that many. */
const longestPlainKey = 512;
const hashMark = '~sha256#';

const sortableKey = (key: string): string =>
  Buffer.byteLength(key) > longestPlainKey || key.startsWith(hashMark)
    ? `${hashMark}${sha256Base64url(key)}`
    : key;

export const partitionOf = (workspace: string) => ({ pk: `limits#${workspace}` });

export const policyKey = (workspace: string, name: string) => ({
  ...partitionOf(workspace),
  sk: `${policyPrefix}${name}`,
});

export const overrideKey = (workspace: string, name: string, key: string) => ({
  ...partitionOf(workspace),
  sk: `${overridePrefix(name)}${sortableKey(key)}`,
});

/** How many policies the workspace has: changed with each of them, so that it is exact. */
export const countKey = (workspace: string) => ({ ...partitionOf(workspace), sk: 'policy-count' });

export const toPolicyItem = (record: PolicyRecord): Item => ({
  ...policyKey(record.workspace, record.name),
  ...record,
});

export const toOverrideItem = (record: OverrideRecord): Item => ({
  ...overrideKey(record.workspace, record.policy, record.key),
  ...record,
});

export const fromItem = <T>(item: Item): T => {
  const { pk, sk, ...record } = item;
  return record as T;
};
