import type { Receipt } from '../../algorithms/arithmetic.ts';
import { recordMicros } from '../../algorithms/charge-records.ts';
import { type Limit, spentMicros } from '../../algorithms/limit.ts';
import { chargeId, liveEpochs, requestEpoch, shortId } from '../../algorithms/request-ids.ts';
import type { Charge, LeaseHold, Refund } from '../limit-store.ts';

/** What the script is asked; what only some operations need is absent in the others. */
export interface ScriptRequest {
  readonly operation: 'take' | 'peek' | 'refund' | 'release' | 'renew' | 'reset';
  readonly nowMicros: number;
  readonly limits?: readonly Limit[];
  readonly cost?: number;
  readonly units?: number;
  readonly refundable?: boolean;
  readonly chargeId?: string;
  readonly leaseId?: string;
  /** The epoch of `nowMicros`, and those in which a retry looks for its original. */
  readonly epoch?: number;
  readonly liveEpochs?: readonly number[];
  readonly receipt?: Receipt;
  /** The epoch of the receipt. */
  readonly receiptEpoch?: number;
  /** How long the key is to live at least. */
  readonly keepMs?: number;
}

/** Clocks differ, and retries look back 90 s: a key outlives its last limit by this much. */
const graceMs = 120_000;

/**
 * A time to live, not a time of day: the server's clock need not be ours. The script never shortens
 * a key's life, as another deployment's windows may be longer.
 */
const keepMs = (limits: readonly Limit[], nowMicros: number, isRecorded: boolean): number => {
  const spent = spentMicros(limits, nowMicros) - nowMicros;
  return Math.ceil(Math.max(spent, isRecorded ? recordMicros : 0) / 1000) + graceMs;
};

export const toTakeRequest = (charge: Charge): ScriptRequest => {
  const { limits, cost, nowMicros, requestId, refundable = false } = charge;
  return {
    operation: 'take',
    nowMicros,
    limits,
    cost,
    refundable,
    keepMs: keepMs(limits, nowMicros, refundable),
    ...(requestId !== undefined && {
      chargeId: chargeId(requestId, cost),
      leaseId: shortId(requestId),
      epoch: requestEpoch(nowMicros),
      liveEpochs: liveEpochs(nowMicros),
    }),
  };
};

export const toRefundRequest = (refund: Refund): ScriptRequest => {
  const { limits, nowMicros, requestId, cost, units, receipt } = refund;
  return {
    operation: 'refund',
    nowMicros,
    limits,
    cost,
    units,
    chargeId: chargeId(requestId, cost),
    ...(receipt && { receipt, receiptEpoch: requestEpoch(receipt.takenMicros) }),
  };
};

export const toLeaseRequest = (
  operation: 'release' | 'renew',
  { limits, nowMicros, requestId }: LeaseHold,
): ScriptRequest => ({
  operation,
  nowMicros,
  limits,
  leaseId: shortId(requestId),
  keepMs: keepMs(limits, nowMicros, false),
});
