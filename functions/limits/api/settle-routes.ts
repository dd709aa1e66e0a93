import type { ZodType } from 'zod';
import { defineRoute, type Route } from '../../http/route.ts';
import { AppError } from '../../kernel/errors.ts';
import type { Settlement } from '../../limiter/index.ts';
import { type ChargePorts, holdsLease, requireSubject } from '../check-limits.ts';
import type { ChargedSubject } from '../policy-book.ts';
import {
  cancelSchema,
  commitSchema,
  holdSchema,
  refundSchema,
  reserveSchema,
} from './check-schemas.ts';
import { requireSettled } from './limit-faults.ts';
import { noQuerySchema } from './policy-schemas.ts';
import { presentDecision } from './present-decision.ts';

const unknownCharge =
  'No charge of this requestId and cost is known for the key, or it is older than ten minutes, or it was settled before.';
const unknownLease = 'No lease of this requestId is held for the key: it was released, or ran out.';

const requireLeases = ({ policy }: ChargedSubject): void => {
  if (holdsLease(policy)) return;
  const detail = `The policy "${policy.name}" has no concurrency limit, so there are no leases.`;
  throw new AppError('conflict', detail);
};

const requireRefunds = ({ policy }: ChargedSubject): void => {
  if (policy.refundable) return;
  const detail = `Charges of the policy "${policy.name}" are not refundable, so none is reserved.`;
  throw new AppError('conflict', detail);
};

interface SettleRoute<B extends { readonly key: string }> {
  /** Last part of the path. */
  readonly verb: string;
  readonly body: ZodType<B>;
  readonly unknown: string;
  readonly settle: (subject: ChargedSubject, body: B) => Promise<Settlement>;
}

const settleRoute =
  (ports: ChargePorts) =>
  <B extends { readonly key: string }>({ verb, body, unknown, settle }: SettleRoute<B>): Route =>
    defineRoute({
      method: 'POST',
      path: `/v1/limits/{policy}/${verb}`,
      scope: 'limits:check',
      limit: 'checks',
      body,
      query: noQuerySchema,
      handle: async ({ params: { policy = '' }, principal: { workspace }, body: request }) => {
        const subject = await requireSubject(ports, workspace, { policy, key: request.key });
        requireSettled(await settle(subject, request), unknown);
        return { status: 200, body: { status: 'settled' } };
      },
    });

const reserveRoute = (ports: ChargePorts) =>
  defineRoute({
    method: 'POST',
    path: '/v1/limits/{policy}/reserve',
    scope: 'limits:check',
    limit: 'checks',
    body: reserveSchema,
    query: noQuerySchema,
    handle: async ({ params: { policy = '' }, principal: { workspace }, body }) => {
      const { key, ...options } = body;
      const subject = await requireSubject(ports, workspace, { policy, key });
      requireRefunds(subject);
      const reservation = await ports.limiter.reserve(subject.policy, subject.key, options);
      const { decision, requestId } = reservation;
      return { status: 200, body: presentDecision(decision, requestId) };
    },
  });

/** What follows a charge: refunds, reservations and leases. */
export const settleRoutes = (ports: ChargePorts): readonly Route[] => {
  const { limiter } = ports;
  const route = settleRoute(ports);
  return [
    reserveRoute(ports),
    route({
      verb: 'refund',
      body: refundSchema,
      unknown: unknownCharge,
      settle: async ({ policy, key }, { key: _, ...charge }) => limiter.refund(policy, key, charge),
    }),
    route({
      verb: 'commit',
      body: commitSchema,
      unknown: unknownCharge,
      settle: async ({ policy, key }, { key: _, ...charge }) => limiter.commit(policy, key, charge),
    }),
    route({
      verb: 'cancel',
      body: cancelSchema,
      unknown: unknownCharge,
      settle: async ({ policy, key }, { key: _, ...charge }) => limiter.cancel(policy, key, charge),
    }),
    route({
      verb: 'release',
      body: holdSchema,
      unknown: unknownLease,
      settle: async (subject, hold) => {
        requireLeases(subject);
        return limiter.release(subject.policy, subject.key, hold);
      },
    }),
    route({
      verb: 'renew',
      body: holdSchema,
      unknown: unknownLease,
      settle: async (subject, hold) => {
        requireLeases(subject);
        return limiter.renew(subject.policy, subject.key, hold);
      },
    }),
  ];
};
