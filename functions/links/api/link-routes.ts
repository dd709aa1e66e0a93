import { ifMatchOf } from '../../http/if-match.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { validationFailed } from '../../kernel/errors.ts';
import type { LinkIndex } from '../listing/link-index.ts';
import { listLinks } from '../listing/list-links.ts';
import { changeLink } from '../manage/change-link.ts';
import { createLink, type LinkMaking } from '../manage/create-link.ts';
import { deleteLink } from '../manage/delete-link.ts';
import { findLink } from '../manage/find-link.ts';
import { changeFault, createFault, linkNotFound } from './link-faults.ts';
import { idempotencyKeyOf } from './link-headers.ts';
import { linkResponse, presentLink } from './link-response.ts';
import {
  changeLinkSchema,
  createLinkSchema,
  listLinksSchema,
  noQuerySchema,
} from './link-schemas.ts';

const onePath = '/v1/links/{id}';

const createRoute = (ports: LinkMaking) =>
  defineRoute({
    method: 'POST',
    path: '/v1/links',
    scope: 'links:write',
    body: createLinkSchema(ports.clock),
    query: noQuerySchema,
    handle: async ({ body, principal, host, headers }) => {
      const idempotencyKey = idempotencyKeyOf(headers);
      const result = await createLink(ports, {
        link: body,
        host,
        workspace: principal.workspace,
        actor: principal.actor,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
      });
      if (!('link' in result)) throw createFault(result);
      return linkResponse(201, result.link, host, {
        location: `/v1/links/${result.link.id}`,
        ...(result.kind === 'replayed' && { 'idempotency-replayed': 'true' }),
      });
    },
  });

const findRoute = ({ store, clock }: LinkMaking) =>
  defineRoute({
    method: 'GET',
    path: onePath,
    scope: 'links:read',
    query: noQuerySchema,
    handle: async ({ params: { id = '' }, principal: { workspace }, host }) => {
      // Strongly consistent, so that whoever made or changed a link reads what was written.
      const link = await findLink({ read: store.getForUpdate, clock }, { workspace, id });
      if (link === undefined) throw linkNotFound();
      return linkResponse(200, link, host);
    },
  });

const listRoute = (ports: LinkMaking & { readonly index: LinkIndex }) =>
  defineRoute({
    method: 'GET',
    path: '/v1/links',
    scope: 'links:read',
    query: listLinksSchema,
    handle: async ({ query, principal: { workspace }, host }) => {
      const result = await listLinks(ports, { ...query, workspace });
      if (result.kind === 'unknown-cursor') {
        const detail = 'not a cursor of this list: send the nextCursor that it answered, unchanged';
        throw validationFailed([{ field: 'cursor', code: 'malformed', detail }]);
      }
      const data = result.links.map((link) => presentLink(link, host));
      return { status: 200, body: { data, nextCursor: result.nextCursor ?? null } };
    },
  });

const changeRoute = (ports: LinkMaking) =>
  defineRoute({
    method: 'PATCH',
    path: onePath,
    scope: 'links:write',
    body: changeLinkSchema(ports.clock),
    query: noQuerySchema,
    handle: async ({ params: { id = '' }, principal: { workspace }, body, host, headers }) => {
      const precondition = ifMatchOf(headers);
      const result = await changeLink(ports, {
        workspace,
        id,
        host,
        patch: body,
        ...(precondition !== undefined && { precondition }),
      });
      if (result.kind !== 'written') throw changeFault(result);
      return linkResponse(200, result.link, host);
    },
  });

const deleteRoute = (ports: LinkMaking) =>
  defineRoute({
    method: 'DELETE',
    path: onePath,
    scope: 'links:write',
    query: noQuerySchema,
    handle: async ({ params: { id = '' }, principal: { workspace }, headers }) => {
      const result = await deleteLink(ports, { workspace, id }, ifMatchOf(headers));
      if (result.kind !== 'written') throw changeFault(result);
      return { status: 204 };
    },
  });

/** The routes of /v1/links over the ports they need. */
export const linkRoutes = (ports: LinkMaking & { readonly index: LinkIndex }): readonly Route[] => [
  createRoute(ports),
  findRoute(ports),
  listRoute(ports),
  changeRoute(ports),
  deleteRoute(ports),
];
