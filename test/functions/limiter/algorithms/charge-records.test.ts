import { describe, expect, it } from 'vitest';
import {
  arrivalAttribute,
  chargeOfAttribute,
  hasRoomForRecord,
  isStaleRecord,
  recordedCharges,
  recordedReceipt,
  takenAttribute,
} from '../../../../functions/limiter/algorithms/charge-records.ts';

const now = 1e15;
const tenMinutes = 600e6;
const taken = (takenMicros: number) => ({ r_abc: takenMicros, a_abc: takenMicros + 9, t_1_1: 1 });

describe('charge records', () => {
  it('name the charge that they belong to', () => {
    expect(chargeOfAttribute(takenAttribute('a_b-c'))).toBe('a_b-c');
    expect(chargeOfAttribute(arrivalAttribute('a_b-c'))).toBe('a_b-c');
    expect(chargeOfAttribute('t_1_1')).toBeUndefined();
    expect(chargeOfAttribute('d_1')).toBeUndefined();
  });

  it('are receipts for ten minutes', () => {
    const numbers = taken(now);
    const receipt = { takenMicros: now, arrivalMicros: now + 9 };
    expect(recordedReceipt({ numbers }, 'abc', now + tenMinutes - 1)).toEqual(receipt);
    expect(recordedReceipt({ numbers }, 'abc', now + tenMinutes)).toBeUndefined();
    expect(recordedReceipt({ numbers }, 'abd', now)).toBeUndefined();
    expect(recordedReceipt({ numbers: { r_abc: now } }, 'abc', now)).toEqual({ takenMicros: now });
  });

  it('are stale once they are over, both parts', () => {
    const isStale = (attribute: string, at: number) => isStaleRecord(taken(now), attribute, at);
    for (const attribute of ['r_abc', 'a_abc']) {
      expect(isStale(attribute, now + tenMinutes - 1)).toBe(false);
      expect(isStale(attribute, now + tenMinutes)).toBe(true);
    }
    expect(isStale('t_1_1', now + tenMinutes)).toBe(false);
    expect(isStaleRecord({ a_abc: now }, 'a_abc', now)).toBe(true);
  });

  it('have room for 128 that are live', () => {
    const numbers = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`r_${i}`, now]));
    expect(recordedCharges(numbers(2), now)).toEqual(['0', '1']);
    expect(hasRoomForRecord(numbers(127), now)).toBe(true);
    expect(hasRoomForRecord(numbers(128), now)).toBe(false);
    expect(hasRoomForRecord(numbers(128), now + tenMinutes)).toBe(true);
  });
});
