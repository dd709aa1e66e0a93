import type { OverrideRecord, PolicyRecord } from '../../../functions/limits/policy-record.ts';

export const exampleTime = Date.UTC(2026, 0, 1);

export const examplePolicy = (members: Partial<PolicyRecord> = {}): PolicyRecord => ({
  workspace: 'acme',
  name: 'login',
  id: 'first',
  version: 1,
  revision: 1,
  overrideCount: 0,
  settings: { limit: 5, windowSeconds: 60 },
  createdAt: exampleTime,
  updatedAt: exampleTime,
  ...members,
});

export const exampleOverride = (members: Partial<OverrideRecord> = {}): OverrideRecord => ({
  workspace: 'acme',
  policy: 'login',
  policyId: 'first',
  key: 'ada',
  settings: { limit: 50 },
  revision: 2,
  updatedAt: exampleTime,
  ...members,
});
