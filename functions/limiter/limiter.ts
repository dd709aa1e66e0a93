import type { Clock } from '../kernel/clock.ts';
import { validationFailed } from '../kernel/errors.ts';
import { sha256Base64url } from '../kernel/hashing.ts';
import { randomId } from '../kernel/ids.ts';
import { concurrencyOf } from './algorithms/limit.ts';
import { emptyState } from './algorithms/subject-state.ts';
import { chargeCascade, type Level } from './charging/cascade.ts';
import { createItemCharger } from './charging/item-charger.ts';
import { createLeasedCharger } from './charging/leased-charger.ts';
import { createShardedCharger } from './charging/sharded-charger.ts';
import { createCircuitBreaker } from './guards/circuit-breaker.ts';
import { createDenyCache, type DenyCache } from './guards/deny-cache.ts';
import { createInsurance, type Insurance } from './guards/insurance.ts';
import { createStoreGuard, type TimeBudget } from './guards/store-guard.ts';
import type { CountMetric } from './metric.ts';
import { failClosed } from './outcome.ts';
import { peekSubject } from './peek-subject.ts';
import { checkCost, leasedPolicy, type Policy } from './policy.ts';
import { checkRefundable, createSettlements, type Settlements } from './settlements.ts';
import type { LimitStore } from './stores/limit-store.ts';
import { type Decision, decide } from './verdict.ts';

/** A key under a policy. */
export interface Subject {
  readonly policy: Policy;
  readonly key: string;
}

export interface TakeOptions {
  /** 0 only reads. @default 1 */
  readonly cost?: number;
  /**
   * The request is charged once, however often it is retried within 30 s. Names the lease of a
   * concurrency limit, which needs one.
   */
  readonly requestId?: string;
  /**
   * Wider subjects that are charged too, all or none: a workspace for its member. Widest first; one
   * that is named twice is charged once. Where a wider policy limits both concurrency and units, a
   * refusal gives its lease back, but not its units.
   */
  readonly within?: readonly Subject[];
}

export interface Reservation {
  readonly decision: Decision;
  /** What `commit` and `cancel` ask for. */
  readonly requestId: string;
  readonly cost: number;
}

export interface Limiter extends Settlements {
  /** @throws AppError `validation-failed` when the cost can never fit */
  take(policy: Policy, key: string, options?: TakeOptions): Promise<Decision>;
  /** Whether `cost` would fit now; charges nothing. */
  peek(policy: Policy, key: string, options?: Pick<TakeOptions, 'cost'>): Promise<Decision>;
  /**
   * Takes what a request may cost at most; `commit` what it did cost, or `cancel`.
   * @throws AppError `conflict` where the policy is not refundable
   */
  reserve(policy: Policy, key: string, options?: Omit<TakeOptions, 'within'>): Promise<Reservation>;
  /** Gives unspent leases back, where `returnsLeases` is set. */
  close(): Promise<void>;
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
  /** In front of every subject's key in the store, for limiters that share one. @default '' */
  readonly keyPrefix?: string;
  /** For servers that shut down in order; a Lambda function is frozen instead. @default false */
  readonly returnsLeases?: boolean;
  /** Chooses among shards: from 0 up to 1. @default Math.random */
  readonly random?: () => number;
}

const longestKey = 256;

/** Policies keep apart what they count of one key. */
const subjectKeys =
  (prefix: string) =>
  ({ name }: Policy, key: string): string =>
    `${prefix}${name}#${key.length > longestKey ? sha256Base64url(key) : key}`;

const checkRequestId = ({ limits }: Policy, requestId: string | undefined): void => {
  if (requestId !== undefined || concurrencyOf(limits) === undefined) return;
  const detail = 'is needed for a concurrency limit: it names the lease';
  throw validationFailed([{ field: 'requestId', code: 'required', detail }]);
};

/** Limits in the order that spares the store: deny cache, shared lease, the subject's own item. */
export const createLimiter = (options: LimiterOptions): Limiter => {
  const { clock, store, budget = {}, count = () => undefined, returnsLeases = false } = options;
  const { denyCache = createDenyCache(), insurance = createInsurance(), random } = options;
  const breaker = createCircuitBreaker({ clock, ...options.breaker });
  const guard = createStoreGuard({ store, clock, breaker, budget });
  const parts = { guard, denyCache, insurance, count };
  const items = createItemCharger(parts);
  const leases = createLeasedCharger({ ...parts, clock, returnsLeases });
  const shards = createShardedCharger({ ...parts, random });
  const shared = options.shared && { policy: leasedPolicy(options.shared), key: 'all' };
  const subjectKey = subjectKeys(options.keyPrefix ?? '');
  const nowMicros = () => Math.round(clock.now() * 1000);

  const chargerOf = ({ leased, shards: parts }: Policy) =>
    leased ? leases : parts > 1 ? shards : items;

  const peek = async (policy: Policy, key: string, cost: number): Promise<Decision> => {
    const at = { nowMicros: nowMicros(), cost };
    const subject = subjectKey(policy, key);
    const attempt = await guard.attempt((store, signal) =>
      peekSubject(store, policy, subject, at, signal),
    );
    if (attempt.kind === 'answered') return attempt.value;
    const closed = failClosed(policy, attempt, count);
    if (closed !== undefined) return closed;
    count('LimiterFailedOpen', policy.name, attempt.cause);
    return decide(policy, emptyState, { ...at, reason: 'failed-open' });
  };

  const take = async (
    policy: Policy,
    key: string,
    { cost = 1, requestId, within = [] }: TakeOptions,
  ): Promise<Decision> => {
    const own = { policy, key };
    const keys = new Set([subjectKey(policy, key)]);
    const wider = within.filter((subject) => {
      const name = subjectKey(subject.policy, subject.key);
      return !keys.has(name) && keys.add(name);
    });
    const told = [...wider, own];
    const subjects = shared ? [shared, ...told] : told;
    checkCost(
      subjects.map((subject) => subject.policy),
      cost,
    );
    if (cost === 0) return peek(policy, key, 0);
    for (const subject of told) checkRequestId(subject.policy, requestId);
    // What may have to be undone needs an id.
    const id = requestId ?? (wider.length > 0 ? randomId() : undefined);
    const levels = subjects.map((subject): Level => {
      const request = {
        policy: subject.policy,
        key: subjectKey(subject.policy, subject.key),
        cost,
        nowMicros: nowMicros(),
        requestId: id,
        mayGoBack: subject !== own,
      };
      return {
        charger: chargerOf(subject.policy),
        request,
        isTold: subject !== shared,
      };
    });
    return chargeCascade(levels, nowMicros);
  };

  const settlements = createSettlements({ ...parts, clock, subjectKey });

  return {
    ...settlements,
    take: async (policy, key, takeOptions = {}) => take(policy, key, takeOptions),
    peek: async (policy, key, { cost = 1 } = {}) => {
      checkCost([policy], cost);
      return peek(policy, key, cost);
    },
    reserve: async (policy, key, { cost = 1, requestId = randomId() } = {}) => {
      checkRefundable(policy);
      const decision = await take(policy, key, { cost, requestId });
      return { decision, requestId, cost };
    },
    reset: async (policy, key) => {
      const settlement = await settlements.reset(policy, key);
      leases.forget(subjectKey(policy, key));
      return settlement;
    },
    close: async () => leases.close(),
  };
};
