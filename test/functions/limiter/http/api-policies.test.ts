import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../functions/kernel/errors.ts';
import type { LimitPolicies } from '../../../../functions/limiter/env.ts';
import {
  type KeyLimits,
  toKeyPolicies,
  toPolicies,
} from '../../../../functions/limiter/http/api-policies.ts';

const perKey = { limitPerHour: 1000, burst: 100, onFailure: 'open', mode: 'enforce' } as const;
const checks = { limitPerSecond: 50, burst: 70, onFailure: 'open', mode: 'enforce' } as const;
const table: LimitPolicies = {
  perKey,
  perIp: { ...perKey, limitPerHour: 300, burst: 30 },
  global: { limitPerHour: 1_000_000, onFailure: 'open', mode: 'enforce' },
};

describe('toPolicies', () => {
  it('makes an hour and a burst of each row, and one hour of the shared one', () => {
    const policies = toPolicies(table);
    expect(policies.perKey.limits).toEqual([
      { algorithm: 'fixed-window', name: 'hour', limit: 1000, windowSeconds: 3600 },
      { algorithm: 'token-bucket', name: 'burst', burst: 100, intervalMicros: 3_600_000 },
    ]);
    expect(policies.perIp.limits[1]).toMatchObject({ burst: 30, intervalMicros: 12_000_000 });
    expect(policies.global.limits).toHaveLength(1);
  });

  it('makes a leased bucket of the checks, of 1,000 a second where the table has none', () => {
    const { checksPerKey } = toPolicies({ ...table, checksPerKey: checks });
    expect(checksPerKey).toMatchObject({ leased: true, onFailure: 'open' });
    expect(checksPerKey.limits).toMatchObject([{ burst: 70, intervalMicros: 20_000 }]);
    const [limit] = toPolicies(table).checksPerKey.limits;
    expect(limit).toMatchObject({ burst: 1_000, intervalMicros: 1_000 });
  });
});

describe('toKeyPolicies', () => {
  it('overrides what is given, and leaves the rest to the table', () => {
    const { perKey: own, checksPerKey } = toKeyPolicies(
      { ...table, checksPerKey: checks },
      { requests: { limitPerHour: 7200 }, checks: { burst: 9 } },
    );
    expect(own).toMatchObject({ name: 'key', onFailure: 'open', mode: 'enforce' });
    expect(own.limits).toMatchObject([{ limit: 7200 }, { burst: 100, intervalMicros: 500_000 }]);
    expect(checksPerKey.limits).toMatchObject([{ burst: 9, intervalMicros: 20_000 }]);
    expect(toKeyPolicies(table, {})).toEqual(toPolicies(table));
  });

  it("lowers the table's burst with a limit that is below it", () => {
    const { perKey: own } = toKeyPolicies(table, { requests: { limitPerHour: 10 } });
    expect(own.limits).toMatchObject([{ limit: 10 }, { burst: 10 }]);
  });

  it.each<[KeyLimits, string]>([
    [{ requests: { limitPerHour: 0 } }, 'perKey.limitPerHour'],
    [{ requests: { limitPerHour: 1.5 } }, 'perKey.limitPerHour'],
    [{ requests: { limitPerHour: Number.NaN } }, 'perKey.limitPerHour'],
    [{ requests: { burst: -1 } }, 'perKey.burst'],
    [{ requests: { burst: 1001 } }, 'perKey.burst'],
    [{ checks: { limitPerSecond: 1e9 } }, 'checksPerKey.limitPerSecond'],
  ])('refuses %j', (limits, field) => {
    const define = () => toKeyPolicies(table, limits);
    expect(define).toThrow(AppError);
    expect(define).toThrow(
      expect.objectContaining({
        fields: expect.arrayContaining([expect.objectContaining({ field })]),
      }),
    );
  });
});
