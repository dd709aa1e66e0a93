import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attributeNames,
  recordClick,
  withoutRepeats,
  witnesses,
} from '../../../../functions/analytics/segments/recorded-click.ts';
import { exampleClick } from '../example-clicks.ts';

const click = exampleClick({ ts: 5000, country: 'DE', asn: 3320, source: 'Goo\u001fgle' });

describe('recordClick', () => {
  it('never lies later than its receipt', () => {
    expect(recordClick(click, 4000).ts).toBe(4000);
    expect(recordClick(click, 6000).ts).toBe(5000);
  });

  it('keeps attributes in order, unknown ones empty, without control characters', () => {
    const { attributes } = recordClick(click, 6000);
    const named = Object.fromEntries(attributeNames.map((name, at) => [name, attributes[at]]));
    expect(named).toMatchObject({
      class: 'human',
      trigger: 'link',
      country: 'DE',
      city: '',
      asn: '3320',
      source: 'Goo gle',
      channel: 'direct',
    });
  });
});

describe('withoutRepeats', () => {
  it('prefers the origin, then the earlier time', () => {
    const origin = recordClick(click, 9000);
    const log = { ...origin, seenBy: 'log' as const, ts: 4000 };
    expect([...withoutRepeats([log, origin])]).toEqual([origin]);
    const earlier = { ...log, ts: 3000 };
    expect([...withoutRepeats([log, earlier])]).toEqual([earlier]);
  });

  it('picks the same click in whatever order', () => {
    const copy = fc.record({
      ts: fc.integer({ min: 0, max: 3 }),
      seenBy: fc.constantFrom(...witnesses),
      country: fc.constantFrom('DE', 'FR'),
    });
    fc.assert(
      fc.property(fc.array(copy, { minLength: 1, maxLength: 8 }), (copies) => {
        const clicks = copies.map(({ ts, seenBy, country }) => ({
          ...recordClick({ ...click, ts, country }, 9000),
          seenBy,
        }));
        const [first] = withoutRepeats(clicks);
        expect([...withoutRepeats(clicks.toReversed())]).toEqual([first]);
      }),
    );
  });
});
