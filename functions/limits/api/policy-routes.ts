import { ifMatchOf } from '../../http/if-match.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { AppError } from '../../kernel/errors.ts';
import { deletePolicy } from '../manage/delete-policy.ts';
import type { ManagePorts } from '../manage/manage-ports.ts';
import { type PutPolicyResult, putPolicy } from '../manage/put-policy.ts';
import type { PolicySettings } from '../policy-settings.ts';
import { currentPolicy } from './current-policy.ts';
import { limitFault } from './limit-faults.ts';
import { noQuerySchema, policySchema } from './policy-schemas.ts';
import { policyResponse, presentPolicy } from './present-policy.ts';

const path = '/v1/limits/{policy}';

const putFault = (result: PutPolicyResult, name: string): AppError => {
  switch (result.kind) {
    case 'override-misfit': {
      const key = JSON.stringify(result.key.slice(0, 100));
      const how = 'Change or delete that override first.';
      return new AppError(
        'conflict',
        `The override of the key ${key} does not fit: ${result.detail}. ${how}`,
      );
    }
    case 'full':
      return limitFault('too-many-policies', name);
    case 'version-mismatch':
    case 'contended':
      return limitFault(result.kind, name);
    default:
      throw new TypeError(`${result.kind} is no fault`);
  }
};

const putRoute = (ports: ManagePorts) =>
  defineRoute({
    method: 'PUT',
    path,
    scope: 'limits:write',
    body: policySchema,
    query: noQuerySchema,
    handle: async ({ params: { policy: name = '' }, principal, body, headers }) => {
      const result = await putPolicy(ports, {
        workspace: principal.workspace,
        name,
        settings: body as PolicySettings,
        ifMatch: ifMatchOf(headers),
      });
      if (!('record' in result)) throw putFault(result, name);
      return policyResponse(result.kind === 'created' ? 201 : 200, result.record);
    },
  });

const getRoute = (ports: ManagePorts) =>
  defineRoute({
    method: 'GET',
    path,
    scope: 'limits:read',
    query: noQuerySchema,
    handle: async ({ params: { policy: name = '' }, principal: { workspace } }) => {
      return policyResponse(200, await currentPolicy(ports, workspace, name));
    },
  });

const listRoute = ({ store }: ManagePorts) =>
  defineRoute({
    method: 'GET',
    path: '/v1/limits',
    scope: 'limits:read',
    query: noQuerySchema,
    handle: async ({ principal: { workspace } }) => {
      const records = await store.list(workspace);
      return { status: 200, body: { data: records.map(presentPolicy) } };
    },
  });

const deleteRoute = (ports: ManagePorts) =>
  defineRoute({
    method: 'DELETE',
    path,
    scope: 'limits:write',
    query: noQuerySchema,
    handle: async ({ params: { policy: name = '' }, principal: { workspace }, headers }) => {
      const { kind } = await deletePolicy(ports, { workspace, name }, ifMatchOf(headers));
      if (kind !== 'deleted') throw limitFault(kind, name);
      return { status: 204 };
    },
  });

/** A workspace's policies. */
export const policyRoutes = (ports: ManagePorts): readonly Route[] => [
  putRoute(ports),
  getRoute(ports),
  listRoute(ports),
  deleteRoute(ports),
];
