import type { ApiResponse } from '../../http/route.ts';
import type { OverrideRecord, PolicyRecord } from '../policy-record.ts';
import { traitsOf, withDefaults } from '../policy-settings.ts';
import { toPathKey } from './path-key.ts';

const iso = (time: number): string => new Date(time).toISOString();

/** A policy as the API answers it: in the form that it was written in, with its defaults. */
export const presentPolicy = (record: PolicyRecord) => {
  const { name, settings, version, overrideCount, createdAt, updatedAt } = record;
  const limits = settings.limits?.map((limit) => ({ name: limit.name, ...withDefaults(limit) }));
  return {
    policy: name,
    ...(limits ? { limits } : withDefaults(settings)),
    ...traitsOf(name, settings),
    overrides: overrideCount,
    version,
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
  };
};

/** The answer that shows one policy, with its version as ETag. */
export const policyResponse = (status: number, record: PolicyRecord): ApiResponse => ({
  status,
  body: presentPolicy(record),
  headers: {
    etag: `"${record.version}"`,
    ...(status === 201 && { location: `/v1/limits/${record.name}` }),
  },
});

/** `id` is the key as it stands in the path. */
export const presentOverride = ({ policy, key, settings, updatedAt }: OverrideRecord) => ({
  policy,
  key,
  id: toPathKey(key),
  ...settings,
  updatedAt: iso(updatedAt),
});
