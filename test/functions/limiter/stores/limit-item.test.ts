import { describe, expect, it } from 'vitest';
import {
  readItem,
  staleAttributes,
  toSighting,
  toState,
} from '../../../../functions/limiter/stores/limit-item.ts';

const now = Date.UTC(2026, 0, 1, 12) * 1000;
const epoch = now / 30e6;

describe('readItem', () => {
  it('reads the numbers, the sets of ids and the leases, and nothing from none', () => {
    const item = readItem({
      pk: { S: 'a' },
      ttl: { N: '9' },
      w_60_1: { N: '3' },
      d_7: { SS: ['abcdef'] },
      l: { M: { a: { N: '5' } } },
    });
    expect(item).toEqual({
      numbers: { w_60_1: 3 },
      idSets: { d_7: ['abcdef'] },
      leases: { a: 5 },
    });
    expect(readItem(undefined)).toEqual({ numbers: {}, idSets: {}, leases: undefined });
  });

  it('tells an empty map of leases from none', () => {
    expect(readItem({ l: { M: {} } }).leases).toEqual({});
    expect(readItem({ pk: { S: 'a' } }).leases).toBeUndefined();
  });
});

describe('toState', () => {
  it('knows the requests of the live epochs only', () => {
    const idSets = {
      [`d_${epoch - 2}`]: ['old'],
      [`d_${epoch - 1}`]: ['a'],
      [`d_${epoch}`]: ['b'],
    };
    expect(toState({ numbers: {}, idSets, leases: undefined }, now).requestIds).toEqual(['a', 'b']);
  });
});

describe('toSighting', () => {
  it('keeps when charges were recorded, and of the records the ten oldest', () => {
    const charges = Array.from({ length: 128 }, (_, i) => [`id${i}`, now - i] as const);
    const numbers = Object.fromEntries(
      charges.flatMap(([id, taken]) => [
        [`r_${id}`, taken],
        [`a_${id}`, taken + 1],
      ]),
    );
    const sighting = toSighting({ numbers: { ...numbers, t_1_1: 9 }, idSets: {}, leases: {} });
    expect(sighting.takenMicros).toHaveLength(128);
    expect(Object.keys(sighting.numbers)).toHaveLength(21);
    expect(sighting.numbers).toMatchObject({ t_1_1: 9, r_id127: now - 127, a_id118: now - 117 });
  });
});

describe('staleAttributes', () => {
  it('spares what is current, what others may still use, and what it does not know', () => {
    const sighting = toSighting({
      numbers: { t_1_1: now - 3600e6, t_2_1: now - 3599e6, t_3_1: 0 },
      idSets: { [`d_${epoch - 2}`]: [], [`d_${epoch - 1}`]: [], other: ['x'] },
      leases: undefined,
    });
    expect(staleAttributes(sighting, new Set(['t_3_1']), now)).toEqual(['t_1_1', `d_${epoch - 2}`]);
  });

  it('spares a sliding window for one window more than a fixed one', () => {
    const minute = now / 60e6;
    const numbers = {
      [`w_60_${minute - 2}`]: 1,
      [`s_60_${minute - 2}`]: 1,
      [`s_60_${minute - 3}`]: 1,
    };
    const sighting = toSighting({ numbers, idSets: {}, leases: undefined });
    expect(staleAttributes(sighting, new Set(), now)).toEqual([
      `w_60_${minute - 2}`,
      `s_60_${minute - 3}`,
    ]);
  });

  it('lets records go after ten minutes, and at most twenty attributes at a time', () => {
    const taken = (micros: number) => ({ r_a: micros, a_a: now + 1e9 });
    const stale = (numbers: Record<string, number>) =>
      staleAttributes(toSighting({ numbers, idSets: {}, leases: undefined }), new Set(), now);
    expect(stale(taken(now - 600e6 + 1))).toEqual([]);
    expect(stale(taken(now - 600e6))).toEqual(['r_a', 'a_a']);
    expect(stale({ a_b: now })).toEqual(['a_b']);
    const many = Array.from({ length: 40 }, (_, i) => [`t_${i}_1`, 0]);
    expect(stale(Object.fromEntries(many))).toHaveLength(20);
  });
});
