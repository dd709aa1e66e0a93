import { describe, expect, it } from 'vitest';
import { AppError } from '../../../functions/kernel/errors.ts';
import { type LimitPolicies, parseLimitPolicies } from '../../../functions/limiter/env.ts';
import { defineEnv, env, readEnv } from '../../../functions/platform/env.ts';

const perKey = { limitPerHour: 1000, burst: 100, onFailure: 'open', mode: 'enforce' } as const;
const checks = { limitPerSecond: 50, burst: 70, onFailure: 'open', mode: 'enforce' } as const;
const table: LimitPolicies = {
  perKey,
  perIp: { ...perKey, limitPerHour: 300, burst: 30 },
  global: { limitPerHour: 1_000_000, onFailure: 'open', mode: 'enforce' },
};

const faultsOf = (value: unknown): string[] => {
  try {
    parseLimitPolicies(value);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.fields.map(({ field }) => field);
  }
};

describe('parseLimitPolicies', () => {
  it('accepts a policy table', () => {
    expect(parseLimitPolicies(table)).toEqual(table);
    expect(parseLimitPolicies({ ...table, insuranceDivisor: 4 }).insuranceDivisor).toBe(4);
  });

  it.each([
    [null, ['perKey', 'perIp', 'global']],
    [{ ...table, perIp: undefined }, ['perIp']],
    [{ ...table, perUser: perKey }, ['perUser']],
    [{ ...table, perKey: { ...perKey, brust: 1 } }, ['perKey.brust']],
    [{ ...table, perKey: { ...perKey, burst: 0 } }, ['perKey.burst']],
    [{ ...table, perKey: { ...perKey, burst: 1001 } }, ['perKey.burst']],
    [{ ...table, perIp: { ...perKey, mode: 'off' } }, ['perIp.mode']],
    [{ ...table, global: { ...table.global, limitPerHour: -1 } }, ['global.limitPerHour']],
    [{ ...table, global: { ...table.global, burst: 1 } }, ['global.burst']],
    [{ ...table, checksPerKey: null }, ['checksPerKey']],
    [{ ...table, checksPerKey: { ...checks, burst: 0 } }, ['checksPerKey.burst']],
    [
      { ...table, checksPerKey: { ...checks, limitPerSecond: 0.5 } },
      ['checksPerKey.limitPerSecond'],
    ],
    [{ ...table, checksPerKey: { ...checks, limitPerHour: 5 } }, ['checksPerKey.limitPerHour']],
    [{ ...table, insuranceDivisor: 0 }, ['perKey.insuranceDivisor']],
  ])('names what it refuses in %j', (value, fields) => {
    expect(faultsOf(value)).toEqual(fields);
  });

  it('tells a function what is wrong with its environment', () => {
    const schema = defineEnv({ LIMIT_POLICIES: env.json(parseLimitPolicies) });
    expect(readEnv(schema, { LIMIT_POLICIES: JSON.stringify(table) }).LIMIT_POLICIES).toEqual(
      table,
    );
    expect(() => readEnv(schema, { LIMIT_POLICIES: '{}' })).toThrow(/LIMIT_POLICIES perKey: must/);
  });
});
