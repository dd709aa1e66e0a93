import { describe, expect, it } from 'vitest';
import {
  joinKey,
  limitDetails,
  mergeCounts,
  otherValue,
  tallyClicks,
} from '../../../../functions/analytics/counts/tally.ts';
import { recordClick } from '../../../../functions/analytics/segments/recorded-click.ts';
import { exampleClick } from '../example-clicks.ts';

const slot = 29_000_000;
const click = (fields = {}) =>
  recordClick(exampleClick({ ts: slot * 60_000 + 5, ...fields }), 9e15);

describe('tallyClicks', () => {
  it('counts combinations together and details one by one', () => {
    const counts = tallyClicks([
      click({ country: 'DE', city: 'Berlin', refHost: 't.co' }),
      click({ country: 'DE', city: 'Berlin' }),
      click({ link: 'other' }),
    ]);
    expect([...counts.keys()]).toEqual(['abc1234', 'other']);
    expect([...(counts.get('abc1234')?.tuples ?? [])]).toEqual([
      [joinKey(slot, ['human', 'link', 'DE', '', '', '', 'direct', '']), 2],
    ]);
    expect([...(counts.get('abc1234')?.details ?? [])]).toEqual([
      [joinKey(slot, ['human', 'city', 'Berlin']), 2],
      [joinKey(slot, ['human', 'refHost', 't.co']), 1],
    ]);
  });
});

describe('mergeCounts', () => {
  it('adds what falls into the same wider slot', () => {
    const merged = new Map();
    for (const minute of [slot, slot + 1, slot + 30]) {
      mergeCounts(merged, tallyClicks([click({ ts: minute * 60_000 })]), 15);
    }
    expect([...merged.get('abc1234').tuples.values()]).toEqual([2, 1]);
  });
});

describe('limitDetails', () => {
  const details = new Map(
    ['a', 'b', 'c', 'd', 'e'].map((value, index) => [
      joinKey(slot, ['human', 'refHost', value]),
      10 - index,
    ]),
  );

  it('leaves what is few', () => {
    expect(limitDetails(details, 5)).toBe(details);
  });

  it('folds the rarest into one, so that at most the limit is left', () => {
    expect([...limitDetails(details, 3)]).toEqual([
      [joinKey(slot, ['human', 'refHost', 'a']), 10],
      [joinKey(slot, ['human', 'refHost', 'b']), 9],
      [joinKey(slot, ['human', 'refHost', otherValue]), 8 + 7 + 6],
    ]);
  });
});
