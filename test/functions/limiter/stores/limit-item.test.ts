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
  it('reads both forms of an item alike, and nothing from none', () => {
    const plain = readItem({ pk: 'a', ttl: 9, w_60_1: 3, d_7: new Set(['abcdef']) });
    const raw = readItem({
      pk: { S: 'a' },
      ttl: { N: '9' },
      w_60_1: { N: '3' },
      d_7: { SS: ['abcdef'] },
    });
    expect(plain).toEqual({ numbers: { w_60_1: 3 }, idSets: { d_7: ['abcdef'] } });
    expect(raw).toEqual(plain);
    expect(readItem(undefined)).toEqual({ numbers: {}, idSets: {} });
  });
});

describe('toState', () => {
  it('knows the requests of the live epochs only', () => {
    const idSets = {
      [`d_${epoch - 2}`]: ['old'],
      [`d_${epoch - 1}`]: ['a'],
      [`d_${epoch}`]: ['b'],
    };
    expect(toState({ numbers: {}, idSets }, now).requestIds).toEqual(['a', 'b']);
  });
});

describe('staleAttributes', () => {
  it('spares what is current, what others may still use, and what it does not know', () => {
    const sighting = toSighting({
      numbers: { t_1_1: now - 3600e6, t_2_1: now - 3599e6, t_3_1: 0 },
      idSets: { [`d_${epoch - 2}`]: [], [`d_${epoch - 1}`]: [], other: ['x'] },
    });
    expect(staleAttributes(sighting, new Set(['t_3_1']), now)).toEqual(['t_1_1', `d_${epoch - 2}`]);
  });
});
