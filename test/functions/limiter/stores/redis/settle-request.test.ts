import { describe, expect, it } from 'vitest';
import { chargeId, shortId } from '../../../../../functions/limiter/algorithms/request-ids.ts';
import {
  toRefundRequest,
  toReleaseRequest,
  toRenewRequest,
} from '../../../../../functions/limiter/stores/redis/settle-request.ts';
import { window } from '../../policies.ts';
import { limitsOf } from '../contract/subject.ts';

const now = Date.UTC(2026, 0, 1, 12) * 1000;
const { limits } = window(9, 60);
const refund = { key: 'a', limits, nowMicros: now, requestId: 'r', cost: 3, units: 2 };
const hold = { key: 'a', limits, nowMicros: now, requestId: 'r' };

describe('toRefundRequest', () => {
  it('names the charge by its id and cost', () => {
    const asked = { operation: 'refund', nowMicros: now, limits, cost: 3, units: 2 };
    expect(toRefundRequest(refund)).toEqual({ ...asked, chargeId: chargeId('r', 3) });
  });

  it('looks for a receipt among the ids of its epoch', () => {
    const receipt = { takenMicros: now - 30e6 };
    const receiptField = `d_${now / 30e6 - 1}`;
    expect(toRefundRequest({ ...refund, receipt })).toMatchObject({ receipt, receiptField });
  });
});

describe('toReleaseRequest', () => {
  it('names the lease by the request', () => {
    const leaseField = `l_${shortId('r')}`;
    expect(toReleaseRequest(hold)).toEqual({ operation: 'release', nowMicros: now, leaseField });
  });
});

describe('toRenewRequest', () => {
  it('lets a lease last its full time from now, and the key longer', () => {
    const seconds = { name: 'at-once', limit: 3, leaseSeconds: 20 };
    const atOnce = limitsOf({ algorithm: 'concurrency', ...seconds });
    expect(toRenewRequest({ ...hold, limits: atOnce })).toEqual({
      operation: 'renew',
      nowMicros: now,
      leaseField: `l_${shortId('r')}`,
      leaseMicros: now + 20e6,
      keepMs: 20_000 + 120_000,
    });
  });

  it('asks nothing where no limit is held by leases', () => {
    expect(toRenewRequest(hold)).toBeUndefined();
  });
});
