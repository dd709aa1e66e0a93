import { defineRoute, type Route } from '../../http/route.ts';
import { type ChargePorts, type Check, checkLimits, requireSubject } from '../check-limits.ts';
import { batchRoute } from './batch-route.ts';
import { checkSchema, peekSchema, resetSchema } from './check-schemas.ts';
import { requireSettled } from './limit-faults.ts';
import { noQuerySchema } from './policy-schemas.ts';
import { presentDecision } from './present-decision.ts';

const path = '/v1/limits/{policy}/check';

const checkRoute = (ports: ChargePorts) =>
  defineRoute({
    method: 'POST',
    path,
    scope: 'limits:check',
    limit: 'checks',
    body: checkSchema,
    query: noQuerySchema,
    handle: async ({ params: { policy = '' }, principal: { workspace }, body }) => {
      const check: Check = { ...body, policy };
      const { decision, requestId } = await checkLimits(ports, workspace, check);
      return { status: 200, body: presentDecision(decision, requestId) };
    },
  });

const peekRoute = (ports: ChargePorts) =>
  defineRoute({
    method: 'GET',
    path,
    scope: 'limits:check',
    limit: 'checks',
    query: peekSchema,
    handle: async ({ params, principal: { workspace }, query: { key, cost = 1 } }) => {
      const { policy: name = '' } = params;
      const subject = await requireSubject(ports, workspace, { policy: name, key });
      const decision = await ports.limiter.peek(subject.policy, subject.key, { cost });
      return { status: 200, body: presentDecision(decision) };
    },
  });

const resetRoute = (ports: ChargePorts) =>
  defineRoute({
    method: 'DELETE',
    path,
    scope: 'limits:write',
    limit: 'checks',
    query: resetSchema,
    handle: async ({ params: { policy: name = '' }, principal: { workspace }, query }) => {
      const target = { policy: name, key: query.key };
      const { policy, key } = await requireSubject(ports, workspace, target);
      requireSettled(await ports.limiter.reset(policy, key), 'Nothing is known of this key.');
      return { status: 200, body: { status: 'settled' } };
    },
  });

/** Asking a workspace's limits: the routes that its own services call with each request. */
export const checkRoutes = (ports: ChargePorts): readonly Route[] => [
  checkRoute(ports),
  peekRoute(ports),
  resetRoute(ports),
  batchRoute(ports),
];
