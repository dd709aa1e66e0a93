import { describe, expect, it, vi } from 'vitest';
import type { LimitPolicies } from '../../../../functions/limiter/env.ts';
import { createKeyPolicies } from '../../../../functions/limiter/http/key-policies.ts';
import { heapMiB } from '../heap.ts';

const row = { limitPerHour: 1000, burst: 100, onFailure: 'open', mode: 'enforce' } as const;
const table: LimitPolicies = {
  perKey: row,
  perIp: row,
  global: { limitPerHour: 1_000_000, onFailure: 'open', mode: 'enforce' },
};

describe('createKeyPolicies', () => {
  it("finds the stage's policies for keys without limits of their own", () => {
    const policies = createKeyPolicies(table);
    expect(policies.find('requests', undefined).limits).toMatchObject([{ limit: 1000 }, {}]);
    expect(policies.find('checks', undefined).limits).toMatchObject([{ burst: 1000 }]);
  });

  it('finds the same policy for the same limits: leases hang on it', () => {
    const policies = createKeyPolicies(table);
    const limits = () => ({ checks: { limitPerSecond: 5, burst: 5 } });
    expect(policies.find('checks', limits())).toBe(policies.find('checks', limits()));
    expect(policies.find('checks', limits()).limits).toMatchObject([{ burst: 5 }]);
    expect(policies.find('requests', limits()).limits).toMatchObject([{ limit: 1000 }, {}]);
  });

  it('tells once of limits that do not fit the table, and locks nobody out by them', () => {
    const onMisfit = vi.fn();
    const policies = createKeyPolicies(table, onMisfit);
    const limits = { requests: { burst: 5_000 } };
    for (let i = 0; i < 3; i++) {
      expect(policies.find('requests', limits).limits).toMatchObject([{ limit: 1000 }, {}]);
    }
    expect(onMisfit).toHaveBeenCalledExactlyOnceWith(
      limits,
      expect.objectContaining({ code: 'validation-failed' }),
    );
  });

  it('stays bounded under 50,000 different limits', () => {
    const policies = createKeyPolicies(table);
    const ask = (from: number, to: number) => {
      for (let i = from; i < to; i++) policies.find('requests', { requests: { limitPerHour: i } });
      return heapMiB();
    };
    const before = ask(200, 10_200);
    expect(ask(10_200, 50_200)).toBeLessThan(before + 4);
  });
});
