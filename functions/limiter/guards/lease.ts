import type { Clock } from '../../kernel/clock.ts';
import { windowEndMicros } from '../algorithms/fixed-window.ts';
import { assess, capacity, fitsAll, type Limit } from '../algorithms/limit.ts';
import type { Policy } from '../policy.ts';
import type { StoreAnswer, SubjectState } from '../stores/limit-store.ts';
import type { Attempt } from './store-guard.ts';

export type LeaseAnswer =
  /** `undo` gives the units back to this process, for a request that was refused elsewhere. */
  | { readonly kind: 'spent'; undo(): void }
  | { readonly kind: 'denied' | 'denied-by-cache'; readonly state: SubjectState }
  | { readonly kind: 'failed'; readonly cause: unknown; readonly retryAfterMs: number };

export interface Lease {
  spend(cost: number): Promise<LeaseAnswer>;
}

export interface LeaseOptions {
  readonly clock: Clock;
  readonly policy: Policy;
  /** Charges the shared limit, once: an answer that is lost is not asked for again. */
  readonly take: (cost: number, nowMicros: number) => Promise<Attempt<StoreAnswer>>;
  /** Demand that one lease is to cover. @default 500 */
  readonly horizonMs?: number;
  /** Part of the limit's window after which a lease lapses. @default 0.05 */
  readonly ttlShare?: number;
}

interface Holding {
  units: number;
  readonly expiresMicros: number;
}

/** Of a large limit, a slow process takes this part at once: it pays a write for ten requests. */
const leastShare = 1e-5;

/** Answers may take longer than a short lease lasts; then the limit counts as not to be had. */
const maxLapsed = 3;

const windowMicros = (limit: Limit): number =>
  limit.algorithm === 'token-bucket'
    ? limit.burst * limit.intervalMicros
    : limit.windowSeconds * 1e6;

/**
 * Takes units of a limit that everybody shares in batches, and spends them without the store. A
 * lease ends `ttl` after it was *asked for*, and with its window; what is unspent then lapses. So
 * a fixed window never admits more than its limit, a bucket (ttl + clock skew) / T more.
 */
export const createLease = ({
  clock,
  policy,
  take,
  horizonMs = 500,
  ttlShare = 0.05,
}: LeaseOptions): Lease => {
  const { limits } = policy;
  const most = Math.min(...limits.map(capacity));
  const least = Math.max(Math.floor(most * leastShare), 1);
  const ttlMicros = Math.floor(ttlShare * Math.min(...limits.map(windowMicros)));
  let holding: Holding = { units: 0, expiresMicros: 0 };
  let refusal: SubjectState | undefined;
  let pending: Promise<Attempt<StoreAnswer>> | undefined;
  let remaining = most;
  let demand = 0;
  let waiting = 0;
  let notedMs = clock.now();

  const nowMicros = () => Math.round(clock.now() * 1000);
  const refuses = (state: SubjectState, cost: number, now: number) =>
    !fitsAll(limits, (attribute) => state.numbers[attribute], now, cost);

  const learn = ({ kind, state }: StoreAnswer, now: number) => {
    const read = (attribute: string) => state.numbers[attribute];
    remaining = Math.min(...limits.map((limit) => assess(limit, read, now, 0).remaining));
    refusal = kind === 'denied' ? state : undefined;
  };

  /** Decays over the horizon, so it is the rate times the horizon; a cold start begins low. */
  const noteDemand = (cost: number) => {
    const nowMs = clock.now();
    demand = demand * Math.exp(-Math.max(nowMs - notedMs, 0) / horizonMs) + cost;
    notedMs = nowMs;
  };

  const size = (cost: number) =>
    Math.max(
      Math.min(Math.max(Math.ceil(demand), least, waiting), Math.floor(remaining / 8)),
      cost,
    );

  const renew = async (cost: number): Promise<Attempt<StoreAnswer>> => {
    for (;;) {
      const units = size(cost);
      const sentMicros = nowMicros();
      const attempt = await take(units, sentMicros);
      if (attempt.kind === 'failed') return attempt;
      learn(attempt.value, sentMicros);
      if (attempt.value.kind !== 'denied') {
        const ends = limits.map((limit) =>
          limit.algorithm === 'fixed-window' ? windowEndMicros(limit, sentMicros) : Infinity,
        );
        const expiresMicros = Math.min(sentMicros + ttlMicros, ...ends);
        holding = { units, expiresMicros };
        return attempt;
      }
      // Too much asked for: what is left of the limit is known now, so ask for a share of that.
      if (units === cost || size(cost) >= units) return attempt;
    }
  };

  /** Spends from what is held, checked against the clock at this very moment. */
  const spendHeld = (cost: number): LeaseAnswer | undefined => {
    const from = holding;
    if (nowMicros() >= from.expiresMicros || from.units < cost) return undefined;
    from.units -= cost;
    return {
      kind: 'spent',
      undo: () => {
        from.units += cost;
      },
    };
  };

  return {
    spend: async (cost) => {
      noteDemand(cost);
      waiting += cost;
      try {
        for (let lapsed = 0; lapsed < maxLapsed; ) {
          const spent = spendHeld(cost);
          if (spent !== undefined) return spent;
          if (refusal !== undefined && refuses(refusal, cost, nowMicros())) {
            return { kind: 'denied-by-cache', state: refusal };
          }
          pending ??= renew(cost).finally(() => {
            pending = undefined;
          });
          const attempt = await pending;
          if (attempt.kind === 'failed') return attempt;
          const { kind, state } = attempt.value;
          if (kind === 'denied' && refuses(state, cost, nowMicros())) {
            return { kind: 'denied', state };
          }
          if (nowMicros() >= holding.expiresMicros) lapsed++;
        }
        const cause = new Error(`${maxLapsed} leases had lapsed when they arrived`);
        return { kind: 'failed', cause, retryAfterMs: 0 };
      } finally {
        waiting -= cost;
      }
    },
  };
};
