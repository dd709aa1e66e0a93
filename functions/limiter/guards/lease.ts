import type { Clock } from '../../kernel/clock.ts';
import { randomId } from '../../kernel/ids.ts';
import type { Receipt } from '../algorithms/arithmetic.ts';
import { windowEndMicros } from '../algorithms/fixed-window.ts';
import { arithmeticOf, assess, capacity, fitsAll, receiptOf } from '../algorithms/limit.ts';
import { emptyState, type SubjectState } from '../algorithms/subject-state.ts';
import type { Policy } from '../policy.ts';
import type { StoreAnswer } from '../stores/limit-store.ts';
import { denialHoldMs } from './deny-cache.ts';
import { createLeaseSize } from './lease-size.ts';
import { countsOf } from './remembered-state.ts';
import type { Attempt } from './store-guard.ts';

export type LeaseAnswer =
  /** `undo` gives the units back to this process, for a request that was refused elsewhere. */
  | { readonly kind: 'spent'; undo(): void }
  | { readonly kind: 'denied' | 'denied-by-cache'; readonly state: SubjectState }
  | { readonly kind: 'failed'; readonly cause: unknown; readonly retryAfterMs: number };

export interface Lease {
  spend(cost: number): Promise<LeaseAnswer>;
  /** The state that refuses this cost now, if the last answer was a refusal. */
  refusal(cost: number): SubjectState | undefined;
  /** What the store last said of the shared limit. */
  standing(): SubjectState;
  /** Units to give back to the shared limit, once; none where they have lapsed or may be spent. */
  surrender(): Surrender | undefined;
}

/** Unspent units of a lease that was taken under `requestId` for `cost`. */
export interface Surrender {
  readonly requestId: string;
  readonly cost: number;
  readonly units: number;
  readonly receipt: Receipt;
}

export interface LeaseOptions {
  readonly clock: Clock;
  readonly policy: Policy;
  /** Charges the shared limit, once: an answer that is lost is not asked for again. */
  readonly take: (
    cost: number,
    nowMicros: number,
    requestId: string | undefined,
  ) => Promise<Attempt<StoreAnswer>>;
  /** Takes leases under an id, so that they can be given back. @default false */
  readonly returnable?: boolean;
  /** Demand that one lease is to cover. @default 500 */
  readonly horizonMs?: number;
  /** Part of the limit's window after which a lease lapses. @default 0.05 */
  readonly ttlShare?: number;
}

interface Holding {
  /** Taken, and not spent. */
  units: number;
  readonly size: number;
  readonly expiresMicros: number;
  /** Of a lease that can be given back. */
  readonly taken?: { readonly requestId: string; readonly cost: number; readonly receipt: Receipt };
}

/** Answers may take longer than a short lease lasts; then the limit counts as not to be had. */
const maxLapsed = 3;

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
  returnable = false,
}: LeaseOptions): Lease => {
  const { limits } = policy;
  const most = Math.min(...limits.map(capacity));
  const size = createLeaseSize({ clock, most, horizonMs });
  const windows = limits.map((limit) => arithmeticOf(limit).windowMicros(limit));
  const ttlMicros = Math.floor(ttlShare * Math.min(...windows));
  let holding: Holding = { units: 0, size: 0, expiresMicros: 0 };
  let standing = emptyState;
  /** Until when the last refusal is believed. */
  let refusedUntilMicros = 0;
  let pending: Promise<Attempt<StoreAnswer>> | undefined;
  let remaining = most;
  let waiting = 0;

  const nowMicros = () => Math.round(clock.now() * 1000);
  const refuses = (state: SubjectState, cost: number, now: number) =>
    !fitsAll(limits, state, now, cost);

  const learn = ({ kind, state }: StoreAnswer, now: number) => {
    remaining = Math.min(...limits.map((limit) => assess(limit, state, now, 0).remaining));
    standing = countsOf(state);
    refusedUntilMicros = kind === 'denied' ? now + denialHoldMs(returnable) * 1000 : 0;
  };

  const noteEnd = () => {
    const { size: units, expiresMicros } = holding;
    const leftMicros = expiresMicros - nowMicros();
    const unspent = leftMicros > 0 ? 0 : holding.units;
    if (units > 0) size.noteEnd({ units, unspent, isQuick: leftMicros > ttlMicros / 2 });
  };

  const renew = async (cost: number): Promise<Attempt<StoreAnswer>> => {
    noteEnd();
    for (;;) {
      const units = size.next({ cost, waiting, remaining });
      const sentMicros = nowMicros();
      const requestId = returnable ? randomId() : undefined;
      const attempt = await take(units, sentMicros, requestId);
      if (attempt.kind === 'failed') return attempt;
      learn(attempt.value, sentMicros);
      if (attempt.value.kind !== 'denied') {
        const ends = limits.map((limit) =>
          'windowSeconds' in limit ? windowEndMicros(limit, sentMicros) : Infinity,
        );
        const expiresMicros = Math.min(sentMicros + ttlMicros, ...ends);
        const receipt = receiptOf(limits, attempt.value.state, sentMicros);
        const taken = requestId === undefined ? {} : { taken: { requestId, cost: units, receipt } };
        holding = { units, size: units, expiresMicros, ...taken };
        return attempt;
      }
      // Too much asked for: what is left of the limit is known now, so ask for a share of that.
      if (units === cost || size.next({ cost, waiting, remaining }) >= units) return attempt;
    }
  };

  const spendable = (): number => (nowMicros() < holding.expiresMicros ? holding.units : 0);

  /** Spends from what is held, checked against the clock at this very moment. */
  const spendHeld = (cost: number): LeaseAnswer | undefined => {
    const from = holding;
    if (spendable() < cost) return undefined;
    from.units -= cost;
    return {
      kind: 'spent',
      undo: () => {
        from.units += cost;
      },
    };
  };

  const refusal = (cost: number): SubjectState | undefined =>
    nowMicros() < refusedUntilMicros && refuses(standing, cost, nowMicros()) ? standing : undefined;

  return {
    refusal: (cost) => (spendable() >= cost ? undefined : refusal(cost)),
    standing: () => standing,
    surrender: () => {
      const { taken } = holding;
      const units = spendable();
      holding = { units: 0, size: 0, expiresMicros: 0 };
      return taken && units > 0 ? { ...taken, units } : undefined;
    },
    spend: async (cost) => {
      size.noteDemand(cost);
      waiting += cost;
      try {
        for (let lapsed = 0; lapsed < maxLapsed; ) {
          const spent = spendHeld(cost);
          if (spent !== undefined) return spent;
          const known = refusal(cost);
          if (known !== undefined) return { kind: 'denied-by-cache', state: known };
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
