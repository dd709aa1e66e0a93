import type { Receipt } from '../../algorithms/arithmetic.ts';
import { concurrencyOf, type Limit } from '../../algorithms/limit.ts';
import { chargeId, idsAttribute, requestEpoch, shortId } from '../../algorithms/request-ids.ts';
import type { LeaseHold, Refund } from '../limit-store.ts';
import { keepMs } from './key-life.ts';

/** What `settleScript` is asked. */
export type SettleRequest =
  | { readonly operation: 'peek' | 'reset'; readonly nowMicros: number }
  | RefundRequest
  | { readonly operation: 'release'; readonly nowMicros: number; readonly leaseField: string }
  | RenewRequest;

interface RefundRequest {
  readonly operation: 'refund';
  readonly nowMicros: number;
  readonly limits: readonly Limit[];
  readonly cost: number;
  readonly units: number;
  readonly chargeId: string;
  readonly receipt?: Receipt;
  /** Where the ids of the receipt's epoch are. */
  readonly receiptField?: string;
}

interface RenewRequest {
  readonly operation: 'renew';
  readonly nowMicros: number;
  readonly leaseField: string;
  /** Until when it is held from now on. */
  readonly leaseMicros: number;
  readonly keepMs: number;
}

export const toRefundRequest = (refund: Refund): SettleRequest => {
  const { limits, nowMicros, requestId, cost, units, receipt } = refund;
  return {
    operation: 'refund',
    nowMicros,
    limits,
    cost,
    units,
    chargeId: chargeId(requestId, cost),
    ...(receipt && { receipt, receiptField: idsAttribute(requestEpoch(receipt.takenMicros)) }),
  };
};

/** Where a lease of this request is kept. */
export const leaseField = (requestId: string): string => `l_${shortId(requestId)}`;

export const toReleaseRequest = ({ nowMicros, requestId }: LeaseHold): SettleRequest => ({
  operation: 'release',
  nowMicros,
  leaseField: leaseField(requestId),
});

/** Undefined where no limit is held by leases. */
export const toRenewRequest = (hold: LeaseHold): SettleRequest | undefined => {
  const { limits, nowMicros, requestId } = hold;
  const lease = concurrencyOf(limits);
  return (
    lease && {
      operation: 'renew',
      nowMicros,
      leaseField: leaseField(requestId),
      leaseMicros: nowMicros + lease.leaseSeconds * 1e6,
      keepMs: keepMs(limits, nowMicros, false),
    }
  );
};
