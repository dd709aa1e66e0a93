import { windowAttribute, windowEndMicros } from '../../algorithms/fixed-window.ts';
import { concurrencyOf, type Limit } from '../../algorithms/limit.ts';
import { chargeId, idsAttribute, liveEpochs, shortId } from '../../algorithms/request-ids.ts';
import { slidingAttribute } from '../../algorithms/sliding-window.ts';
import { bucketAttribute, bucketMicros } from '../../algorithms/token-bucket.ts';
import type { Charge } from '../limit-store.ts';
import { keepMs } from './key-life.ts';
import { leaseField } from './settle-request.ts';

type Arguments = readonly (string | number)[];

/** By what a repeat is known, its id, and the fields of the epochs in which to look for that. */
const proofOf = ({ limits, cost, nowMicros, requestId, refundable }: Charge): Arguments => {
  if (requestId === undefined) return ['none', '', '', '', ''];
  if (concurrencyOf(limits) !== undefined) return ['lease', shortId(requestId), '', '', ''];
  const proof = refundable === true ? 'record' : 'id';
  return [proof, chargeId(requestId, cost), ...liveEpochs(nowMicros).map(idsAttribute)];
};

/** The algorithm, the field that a charge changes, and what is known of the arithmetic. */
const limitArguments = (limit: Limit, { cost, nowMicros, requestId = '' }: Charge): Arguments => {
  switch (limit.algorithm) {
    case 'token-bucket':
    case 'leaky-bucket': {
      const costMicros = cost * limit.intervalMicros;
      return ['bucket', bucketAttribute(limit), costMicros, bucketMicros(limit)];
    }
    case 'fixed-window':
      return ['fixed-window', windowAttribute(limit, nowMicros), limit.limit];
    case 'sliding-window': {
      const untilEnd = windowEndMicros(limit, nowMicros) - nowMicros;
      const [current, before] = [
        slidingAttribute(limit, nowMicros, 0),
        slidingAttribute(limit, nowMicros, 1),
      ];
      return ['sliding-window', current, limit.limit, before, untilEnd, limit.windowSeconds * 1e6];
    }
    case 'concurrency': {
      const expiry = nowMicros + limit.leaseSeconds * 1e6;
      return ['concurrency', leaseField(requestId), limit.limit, expiry];
    }
  }
};

/**
 * What `takeScript` is asked, one after the other: time, cost, the key's time to live, the proof,
 * and then each limit. Numbers come with every digit, as JavaScript writes them.
 */
export const toTakeArguments = (charge: Charge): string[] => {
  const { limits, cost, nowMicros, refundable = false } = charge;
  const life = keepMs(limits, nowMicros, refundable);
  const each = limits.flatMap((limit) => limitArguments(limit, charge));
  return [nowMicros, cost, life, ...proofOf(charge), ...each].map(String);
};
