import type { Clock } from '../kernel/clock.ts';
import { sha256Base64url } from '../kernel/hashing.ts';
import { createCircuitBreaker } from './guards/circuit-breaker.ts';
import { createDenyCache, type DenyCache } from './guards/deny-cache.ts';
import { createInsurance, type Insurance } from './guards/insurance.ts';
import { createLease } from './guards/lease.ts';
import { createStoreGuard, type TimeBudget } from './guards/store-guard.ts';
import type { CountMetric } from './metric.ts';
import { fail, failClosed, type Outcome, type Request, readerOf, refuse } from './outcome.ts';
import { checkCost, type Policy } from './policy.ts';
import type { LimitStore } from './stores/limit-store.ts';
import { type Decision, decide, fits } from './verdict.ts';

export interface TakeOptions {
  /** 0 only reads. @default 1 */
  readonly cost?: number;
  /** The request is charged once, however often it is retried within 30 s. */
  readonly requestId?: string;
}

export interface Limiter {
  /** @throws AppError `validation-failed` when the cost can never fit */
  take(policy: Policy, key: string, options?: TakeOptions): Promise<Decision>;
  /** Whether `cost` would fit now; charges nothing. */
  peek(policy: Policy, key: string, options?: Pick<TakeOptions, 'cost'>): Promise<Decision>;
}

export interface LimiterOptions {
  readonly store: LimitStore;
  readonly clock: Clock;
  /** What all subjects share, taken by lease before a subject is charged. @default none */
  readonly shared?: Policy;
  readonly count?: CountMetric;
  readonly denyCache?: DenyCache;
  readonly insurance?: Insurance;
  readonly budget?: TimeBudget;
  readonly breaker?: { readonly failures?: number; readonly openMs?: number };
}

/** Of the shared limit: how to give units back, or what was decided where there are none. */
interface Share {
  readonly undo?: () => void;
  readonly decision?: Decision;
}

const longestKey = 256;

/** Policies keep apart what they count of one key. */
const subjectKey = ({ name }: Policy, key: string): string =>
  `${name}#${key.length > longestKey ? sha256Base64url(key) : key}`;

/** Limits in the order that spares the store: deny cache, shared lease, the subject's own item. */
export const createLimiter = (options: LimiterOptions): Limiter => {
  const { clock, shared, count = () => undefined } = options;
  const { denyCache = createDenyCache(), insurance = createInsurance() } = options;
  const breaker = createCircuitBreaker({ clock, ...options.breaker });
  const { store, budget = {} } = options;
  const guard = createStoreGuard({ store, clock, breaker, budget });
  const nowMicros = () => Math.round(clock.now() * 1000);

  const takeSubject = async (request: Request): Promise<Outcome> => {
    const { policy, ...rest } = request;
    const charge = { ...rest, limits: policy.limits };
    const attempt = await guard.attempt((store, signal) => store.take(charge, signal));
    if (attempt.kind === 'failed') return fail(request, attempt, insurance, count);
    const { kind, state } = attempt.value;
    if (kind === 'denied') {
      denyCache.keep(request.key, state, request.nowMicros);
      return refuse(request, state, 'denied', count);
    }
    denyCache.refresh(request.key, state, request.nowMicros);
    const at = { nowMicros: request.nowMicros, cost: 0, reason: 'allowed' as const };
    return { decision: decide(policy, readerOf(state), at), charged: kind === 'charged' };
  };

  const shareOf = (policy: Policy) => {
    const key = subjectKey(policy, 'all');
    const lease = createLease({
      clock,
      policy,
      take: (cost, at) =>
        guard.attempt((store, signal) =>
          store.take({ key, limits: policy.limits, cost, nowMicros: at }, signal),
        ),
    });
    return async (cost: number): Promise<Share> => {
      const answer = await lease.spend(cost);
      if (answer.kind === 'spent') return answer;
      const request = { policy, key, cost, nowMicros: nowMicros() };
      return answer.kind === 'failed'
        ? fail(request, answer, insurance, count)
        : refuse(request, answer.state, answer.kind, count);
    };
  };
  const takeShare = shared ? shareOf(shared) : async (): Promise<Share> => ({});

  const peek = async (policy: Policy, key: string, cost: number): Promise<Decision> => {
    const at = nowMicros();
    const subject = subjectKey(policy, key);
    const attempt = await guard.attempt((store, signal) => store.peek(subject, at, signal));
    if (attempt.kind === 'failed') {
      const closed = failClosed(policy, attempt, count);
      if (closed !== undefined) return closed;
      count('LimiterFailedOpen', policy.name, attempt.cause);
      return decide(policy, () => undefined, { nowMicros: at, cost, reason: 'failed-open' });
    }
    const read = readerOf(attempt.value);
    const reason = fits(policy, read, { nowMicros: at, cost }) ? 'allowed' : 'denied';
    return decide(policy, read, { nowMicros: at, cost, reason });
  };

  const take = async (request: Request): Promise<Decision> => {
    const { policy, key, cost } = request;
    const known = denyCache.find(key, { ...request, limits: policy.limits });
    if (known !== undefined && policy.mode === 'enforce') {
      return refuse(request, known, 'denied-by-cache', count).decision;
    }
    const share = await takeShare(cost);
    if (share.decision?.allowed === false) return share.decision;
    const { decision, charged } =
      known === undefined
        ? await takeSubject({ ...request, nowMicros: nowMicros() })
        : refuse(request, known, 'denied-by-cache', count);
    // A refused request, and a retry, are charged nowhere; one that a shadow lets pass is.
    if (!charged && decision.reason !== 'shadowed') share.undo?.();
    const isDegraded = share.decision?.reason === 'failed-open' && decision.reason === 'allowed';
    return isDegraded ? { ...decision, reason: 'failed-open' } : decision;
  };

  return {
    peek: async (policy, key, { cost = 1 } = {}) => {
      checkCost([policy], cost);
      return peek(policy, key, cost);
    },
    take: async (policy, key, { cost = 1, requestId } = {}) => {
      checkCost(shared ? [policy, shared] : [policy], cost);
      if (cost === 0) return peek(policy, key, 0);
      const subject = subjectKey(policy, key);
      return take({ policy, key: subject, cost, nowMicros: nowMicros(), requestId });
    },
  };
};
