import { describe, expect, it } from 'vitest';
import { chargeId, shortId } from '../../../../../functions/limiter/algorithms/request-ids.ts';
import { toTakeArguments } from '../../../../../functions/limiter/stores/redis/take-arguments.ts';
import { bucket, window } from '../../policies.ts';
import { limitsOf } from '../contract/subject.ts';

const now = Date.UTC(2026, 0, 1, 12) * 1000;
const epoch = now / 30e6;
const epochs = [`d_${epoch - 1}`, `d_${epoch}`, `d_${epoch + 1}`];
const minute = window(9, 60).limits;
const charge = { key: 'a', limits: minute, cost: 2, nowMicros: now };
const count = ['fixed-window', `w_60_${now / 60e6}`, '9'];
const atOnce = limitsOf({
  algorithm: 'concurrency',
  name: 'at-once',
  limit: 3,
  leaseSeconds: 20,
});

/** What follows the time, the cost and the time to live. */
const restOf = (...args: Parameters<typeof toTakeArguments>) => toTakeArguments(...args).slice(3);
const lifeOf = (...args: Parameters<typeof toTakeArguments>) => Number(toTakeArguments(...args)[2]);

describe('toTakeArguments', () => {
  it('begins with the time, the cost and the time to live', () => {
    expect(toTakeArguments(charge).slice(0, 3)).toEqual([String(now), '2', '180000']);
  });

  it('lets a key live until no limit, retry or refund can need it', () => {
    expect(lifeOf(charge)).toBe(60_000 + 120_000);
    expect(lifeOf({ ...charge, requestId: 'r', refundable: true })).toBe(600_000 + 120_000);
    const limits = window(9, 86_400).limits;
    const life = 12 * 3_600_000 + 120_000;
    expect(lifeOf({ ...charge, limits, requestId: 'r', refundable: true })).toBe(life);
  });

  it('says by what a repeat is known', () => {
    const requestId = 'r';
    const id = chargeId(requestId, 2);
    expect(restOf(charge)).toEqual(['none', '', '', '', '', ...count]);
    expect(restOf({ ...charge, requestId })).toEqual(['id', id, ...epochs, ...count]);
    const refundable = { ...charge, requestId, refundable: true };
    expect(restOf(refundable)).toEqual(['record', id, ...epochs, ...count]);
    expect(restOf({ ...refundable, limits: atOnce }).slice(0, 5)).toEqual([
      'lease',
      shortId(requestId),
      ...['', '', ''],
    ]);
  });

  it('names fields, and says what is known of each algorithm', () => {
    const limitsArgs = (limits: typeof minute, requestId = 'r') =>
      toTakeArguments({ ...charge, limits, nowMicros: now + 15e6, requestId }).slice(8);
    expect(limitsArgs(minute)).toEqual(count);
    expect(limitsArgs(bucket(5, 4, 2).limits)).toEqual([
      'bucket',
      't_5_500000',
      '1000000',
      '2500000',
    ]);
    const sliding = limitsOf({
      algorithm: 'sliding-window',
      name: 'sliding',
      limit: 7,
      windowSeconds: 60,
    });
    const [current, before] = [`s_60_${now / 60e6}`, `s_60_${now / 60e6 - 1}`];
    expect(limitsArgs(sliding)).toEqual([
      'sliding-window',
      current,
      '7',
      before,
      '45000000',
      '60000000',
    ]);
    const expiry = String(now + 35e6);
    expect(limitsArgs(atOnce)).toEqual(['concurrency', `l_${shortId('r')}`, '3', expiry]);
    expect(limitsArgs([...minute, ...atOnce]).slice(0, 4)).toEqual([...count, 'concurrency']);
  });

  it('writes every digit', () => {
    const { limits } = bucket(1e6, 1, 25);
    const args = toTakeArguments({ ...charge, limits, cost: 999_999, nowMicros: now + 1 });
    expect([args[0], ...args.slice(-2)]).toEqual([
      String(now + 1),
      '24999975000000',
      '25000000000000',
    ]);
  });
});
