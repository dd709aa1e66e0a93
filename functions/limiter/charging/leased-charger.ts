import { isDeepStrictEqual } from 'node:util';
import QuickLRU from 'quick-lru';
import type { Clock } from '../../kernel/clock.ts';
import { createLease, type Lease } from '../guards/lease.ts';
import { fail, type Outcome, type Request, refuse } from '../outcome.ts';
import type { Policy } from '../policy.ts';
import { type Decision, decide } from '../verdict.ts';
import type { Charger } from './charger.ts';
import { type ChargingParts, sendRefund } from './item-charger.ts';

export interface LeasedChargerOptions extends ChargingParts {
  readonly clock: Clock;
  /** Leases are taken under ids and given back by `close`. */
  readonly returnsLeases: boolean;
  /** Subjects whose leases are held, at least. @default 1,000 */
  readonly maxKeys?: number;
}

export interface LeasedCharger extends Charger {
  /** Drops what is held for a subject. */
  forget(key: string): void;
  /** Gives back what is unspent. */
  close(): Promise<void>;
}

/** Requests remembered a process: what it has spent on one of them it does not spend again. */
const rememberedRequests = 10_000;
const rememberedForMs = 90_000;

/** What a request has spent in this process, and how many takes of it rely on that. */
interface Spending {
  readonly atMs: number;
  claims: number;
  /** While the request is in flight. */
  pending?: Promise<Outcome> | undefined;
  undo?: Outcome['undo'];
}

/**
 * Charges subjects from leases that this process holds: about one write for each lease. A request
 * that is retried is charged once by each process that it reaches.
 */
export const createLeasedCharger = (options: LeasedChargerOptions): LeasedCharger => {
  const { clock, guard, insurance, count, returnsLeases, maxKeys = 1_000 } = options;
  const leases = new QuickLRU<string, { readonly policy: Policy; readonly lease: Lease }>({
    maxSize: maxKeys,
  });
  const spent = new QuickLRU<string, Spending>({ maxSize: rememberedRequests });
  const idOf = ({ key, cost, requestId }: Request) => `${key} ${cost} ${requestId}`;
  const nowMicros = () => Math.round(clock.now() * 1000);

  const leaseOf = ({ policy, key }: Request): Lease => {
    const known = leases.get(key);
    // Other limits are other units: what is held of the old ones lapses.
    const { limits } = policy;
    const isSame =
      known?.policy === policy || isDeepStrictEqual(known?.policy.limits, policy.limits);
    if (known && isSame) return known.lease;
    const lease = createLease({
      clock,
      policy,
      returnable: returnsLeases,
      take: (cost, nowMicros, requestId) =>
        guard.attempt((store, signal) =>
          store.take({ key, limits, cost, nowMicros, requestId }, signal),
        ),
    });
    leases.set(key, { policy, lease });
    return lease;
  };

  const admit = (policy: Policy, lease: Lease): Decision =>
    decide(policy, lease.standing(), { nowMicros: nowMicros(), cost: 0, reason: 'allowed' });

  const spend = async (request: Request): Promise<Outcome> => {
    const { policy, cost } = request;
    const lease = leaseOf(request);
    const answer = await lease.spend(cost);
    if (answer.kind === 'failed') return fail(request, answer, insurance, count);
    if (answer.kind === 'spent') {
      return { decision: admit(policy, lease), charged: true, undo: async () => answer.undo() };
    }
    return refuse({ ...request, nowMicros: nowMicros() }, answer.state, answer.kind, count);
  };

  const recall = (id: string): Spending | undefined => {
    const known = spent.get(id);
    return known && clock.now() - known.atMs < rememberedForMs ? known : undefined;
  };

  /** Gives one claim up; the units go back with the last of them. */
  const undoOf = (id: string, spending: Spending, undo: NonNullable<Outcome['undo']>) => {
    return async (now: number): Promise<void> => {
      spending.claims--;
      if (spending.claims > 0) return;
      if (spent.get(id) === spending) spent.delete(id);
      await undo(now);
    };
  };

  const spendOnce = async (request: Request, id: string): Promise<Outcome> => {
    const outcome = spend(request);
    const spending: Spending = { atMs: clock.now(), claims: 1, pending: outcome };
    spent.set(id, spending);
    outcome.catch(() => spent.delete(id));
    const { undo, ...rest } = await outcome;
    const isKept = rest.decision.reason === 'allowed';
    spending.pending = undefined;
    spending.undo = undo;
    if (!isKept && spent.get(id) === spending) spent.delete(id);
    return undo ? { ...rest, undo: undoOf(id, spending, undo) } : rest;
  };

  const spendAgain = async (request: Request, id: string, spending: Spending): Promise<Outcome> => {
    spending.claims++;
    const first = await spending.pending;
    const undo = first ? first.undo : spending.undo;
    const decision = first?.decision ?? admit(request.policy, leaseOf(request));
    const repeat = { decision, charged: false, isRepeat: decision.allowed };
    return undo ? { ...repeat, undo: undoOf(id, spending, undo) } : repeat;
  };

  const giveBack = async (key: string, policy: Policy, lease: Lease): Promise<void> => {
    const surrender = lease.surrender();
    if (surrender === undefined) return;
    const refund = { ...surrender, key, limits: policy.limits, nowMicros: nowMicros() };
    await sendRefund(options, refund, policy.name);
  };

  return {
    knowsRetries: false,
    refusal: (request) => {
      const known = leaseOf(request).refusal(request.cost);
      if (known === undefined) return undefined;
      if (request.requestId !== undefined && recall(idOf(request))) return undefined;
      return refuse(request, known, 'denied-by-cache', count);
    },
    take: async (request) => {
      if (request.requestId === undefined) return spend(request);
      const id = idOf(request);
      const known = recall(id);
      return known ? spendAgain(request, id, known) : spendOnce(request, id);
    },
    forget: (key) => {
      leases.delete(key);
    },
    close: async () => {
      const held = [...leases];
      await Promise.all(held.map(([key, { policy, lease }]) => giveBack(key, policy, lease)));
    },
  };
};
