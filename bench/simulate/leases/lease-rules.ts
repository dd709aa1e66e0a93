import type { Clock } from '../../../functions/kernel/clock.ts';
import { randomId } from '../../../functions/kernel/ids.ts';
import type { Receipt } from '../../../functions/limiter/algorithms/arithmetic.ts';
import { assess, capacity, receiptOf } from '../../../functions/limiter/algorithms/limit.ts';
import {
  bucketMicros,
  type TokenBucket,
} from '../../../functions/limiter/algorithms/token-bucket.ts';
import { createLease, type Lease } from '../../../functions/limiter/guards/lease.ts';
import type { Policy } from '../../../functions/limiter/policy.ts';
import type { Network } from './network.ts';
import type { SharedLimit } from './shared-limit.ts';

/** `product` is functions/limiter/guards/lease.ts; the others model the design's rule in words. */
export type Rule = 'product' | 'right' | 'ttl from the answer' | 'returned late' | 'returned twice';

/** How one process leases. */
export interface Leaser extends Pick<Lease, 'spend'> {
  /** Gives back what is unspent. */
  giveBack(): void;
}

export interface LeaserParts {
  readonly clock: Clock;
  readonly policy: Policy;
  readonly shared: SharedLimit;
  readonly network: Network;
  readonly process: number;
  /** How late a return may arrive. */
  readonly returnLateMicros: number;
}

const productLeaser = ({ returnLateMicros, ...parts }: LeaserParts): Leaser => {
  const { clock, policy, shared, network, process } = parts;
  const lease = createLease({
    clock,
    policy,
    returnable: true,
    take: (cost, nowMicros, requestId) =>
      network.call(() => shared.take(cost, nowMicros, requestId), process),
  });
  return {
    spend: lease.spend,
    giveBack: () => {
      const surrender = lease.surrender();
      const nowMicros = Math.round(clock.now() * 1000);
      if (surrender) network.send(() => shared.refund(surrender, nowMicros), returnLateMicros);
    },
  };
};

interface Holding {
  units: number;
  readonly expiresMicros: number;
  readonly cost: number;
  readonly requestId: string;
  readonly receipt: Receipt;
}

/** The design's policy, with one switch for each of its rules. */
const modelLeaser = (rule: Rule, parts: LeaserParts): Leaser => {
  const { clock, policy, shared, network, process, returnLateMicros } = parts;
  const bucket = policy.limits[0] as TokenBucket;
  const ttlMicros = Math.floor(0.05 * bucketMicros(bucket));
  const now = () => Math.round(clock.now() * 1000);
  const empty = { expiresMicros: 0, cost: 0, requestId: '', receipt: { takenMicros: 0 } };
  let holding: Holding = { units: 0, ...empty };
  let pending: Promise<'charged' | 'denied' | 'failed'> | undefined;
  let remaining = capacity(bucket);
  let demand = 0;
  let notedMs = clock.now();

  const giveBack = (): void => {
    const { expiresMicros, ...kept } = holding;
    holding = { units: 0, ...empty };
    const isOver = now() >= expiresMicros;
    if (kept.units === 0 || (isOver && rule !== 'returned late')) return;
    const nowMicros = now();
    network.send(async () => {
      if (rule === 'returned late') shared.addBack(kept.units, kept.requestId);
      else if (rule === 'returned twice') shared.addBack(kept.units);
      else await shared.refund(kept, nowMicros);
    }, returnLateMicros);
  };

  const renew = async (cost: number) => {
    if (rule === 'returned late') giveBack();
    const units = Math.max(Math.min(Math.ceil(demand), Math.floor(remaining / 8)), cost);
    const sentMicros = now();
    const requestId = randomId();
    const work = () => shared.take(units, sentMicros, requestId);
    const delivery = await network.call(work, process);
    if (delivery.kind === 'failed') return 'failed';
    const { kind, state } = delivery.value;
    remaining = assess(bucket, state, sentMicros, 0).remaining;
    if (kind === 'denied') return units > cost ? 'charged' : 'denied';
    const from = rule === 'ttl from the answer' ? now() : sentMicros;
    const receipt = receiptOf(policy.limits, state, sentMicros);
    holding = { units, cost: units, requestId, receipt, expiresMicros: from + ttlMicros };
    return 'charged';
  };

  const spend: Leaser['spend'] = async (cost) => {
    demand = demand * Math.exp((notedMs - clock.now()) / 500) + cost;
    notedMs = clock.now();
    for (let tries = 0; tries < 4; tries++) {
      const from = holding;
      if (now() < from.expiresMicros && from.units >= cost) {
        from.units -= cost;
        const undo = () => {
          from.units += cost;
        };
        return { kind: 'spent', undo };
      }
      pending ??= renew(cost).finally(() => {
        pending = undefined;
      });
      const kind = await pending;
      if (kind !== 'charged') break;
    }
    return { kind: 'failed', cause: new Error('No lease to be had'), retryAfterMs: 0 };
  };
  return { spend, giveBack };
};

export const createLeaser = (rule: Rule, parts: LeaserParts): Leaser =>
  rule === 'product' ? productLeaser(parts) : modelLeaser(rule, parts);
