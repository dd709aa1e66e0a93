import { defineRoute, type Route } from '../../http/route.ts';
import { deleteOverride } from '../manage/delete-override.ts';
import type { ManagePorts } from '../manage/manage-ports.ts';
import { putOverride } from '../manage/put-override.ts';
import type { OverrideSettings } from '../policy-settings.ts';
import { currentPolicy } from './current-policy.ts';
import { limitFault } from './limit-faults.ts';
import { parsePathKey } from './path-key.ts';
import { noQuerySchema, overrideSchema } from './policy-schemas.ts';
import { presentOverride } from './present-policy.ts';

const path = '/v1/limits/{policy}/overrides/{key}';

const putRoute = (ports: ManagePorts) =>
  defineRoute({
    method: 'PUT',
    path,
    scope: 'limits:write',
    body: overrideSchema,
    query: noQuerySchema,
    handle: async ({ params: { policy: name = '', key = '' }, principal, body }) => {
      const result = await putOverride(ports, {
        workspace: principal.workspace,
        name,
        key: parsePathKey(key),
        settings: body as OverrideSettings,
      });
      if ('override' in result) {
        const status = result.kind === 'created' ? 201 : 200;
        return { status, body: presentOverride(result.override) };
      }
      throw limitFault(result.kind === 'full' ? 'too-many-overrides' : result.kind, name);
    },
  });

const getRoute = (ports: ManagePorts) =>
  defineRoute({
    method: 'GET',
    path,
    scope: 'limits:read',
    query: noQuerySchema,
    handle: async ({ params, principal: { workspace } }) => {
      const { policy: name = '' } = params;
      const key = parsePathKey(params.key ?? '');
      const policy = await currentPolicy(ports, workspace, name);
      const override = await ports.store.findOverride(workspace, name, key);
      if (override?.policyId !== policy.id) throw limitFault('no-override', name);
      return { status: 200, body: presentOverride(override) };
    },
  });

const listRoute = (ports: ManagePorts) =>
  defineRoute({
    method: 'GET',
    path: '/v1/limits/{policy}/overrides',
    scope: 'limits:read',
    query: noQuerySchema,
    handle: async ({ params: { policy: name = '' }, principal: { workspace } }) => {
      const { id } = await currentPolicy(ports, workspace, name);
      // Those that were made for this policy, not for one of its name before.
      const all = await ports.store.overrides(workspace, name, { consistent: true });
      const data = all.filter(({ policyId }) => policyId === id).map(presentOverride);
      return { status: 200, body: { data } };
    },
  });

const deleteRoute = (ports: ManagePorts) =>
  defineRoute({
    method: 'DELETE',
    path,
    scope: 'limits:write',
    query: noQuerySchema,
    handle: async ({ params: { policy: name = '', key = '' }, principal: { workspace } }) => {
      const target = { workspace, name, key: parsePathKey(key) };
      const { kind } = await deleteOverride(ports, target);
      if (kind !== 'deleted') throw limitFault(kind, name);
      return { status: 204 };
    },
  });

/** Limits of a policy's single keys. */
export const overrideRoutes = (ports: ManagePorts): readonly Route[] => [
  putRoute(ports),
  getRoute(ports),
  listRoute(ports),
  deleteRoute(ports),
];
