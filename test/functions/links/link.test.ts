import { describe, expect, it } from 'vitest';
import {
  applyPatch,
  isManageable,
  reservedAfter,
  standingAt,
  trashLink,
} from '../../../functions/links/link.ts';
import { exampleLink, exampleTime as now } from './example-link.ts';

const dayMs = 86_400_000;

describe('standingAt', () => {
  it.each([
    ['live', {}],
    ['live', { expiresAt: now + 1, startsAt: now }],
    ['expired', { expiresAt: now }],
    ['not-started', { startsAt: now + 1 }],
    ['disabled', { state: 'disabled', expiresAt: now - 1 }],
    ['trashed', { state: 'trashed', reservedUntil: now + 1 }],
    ['banned', { state: 'banned' }],
    ['forgotten', { state: 'trashed', reservedUntil: now }],
    ['forgotten', { expiresAt: now - 5, reservedUntil: now }],
  ] as const)('is %s', (standing, members) => {
    expect(standingAt(exampleLink(members), now)).toBe(standing);
  });
});

describe('isManageable', () => {
  it('shows expired and disabled links to their owner, deleted ones no more', () => {
    expect(isManageable(exampleLink({ expiresAt: now - 1 }), now)).toBe(true);
    expect(isManageable(exampleLink({ state: 'disabled' }), now)).toBe(true);
    expect(isManageable(exampleLink({ state: 'trashed' }), now)).toBe(false);
    expect(isManageable(exampleLink({ reservedUntil: now }), now)).toBe(false);
  });
});

describe('applyPatch', () => {
  it('changes what is named and raises the version', () => {
    const changed = applyPatch(exampleLink({ tags: ['a'] }), { title: 'T', status: 301 }, 90);
    expect(changed).toEqual(exampleLink({ tags: ['a'], title: 'T', status: 301, version: 2 }));
  });

  it('keeps the code of an expiring link after its end', () => {
    const { reservedUntil } = applyPatch(exampleLink(), { expiresAt: now + 5 }, 90);
    expect(reservedUntil).toBe(reservedAfter(now + 5, 90));
  });

  it('clears with null', () => {
    const link = exampleLink({ expiresAt: now + 5, reservedUntil: now + dayMs, title: 'T' });
    const changed = applyPatch(link, { expiresAt: null, title: null }, 90);
    expect(changed).toEqual(exampleLink({ version: 2 }));
  });

  it.each([
    {},
    { title: null },
    { url: 'https://example.org/', tags: [], state: 'active' as const },
  ])('is the same link where %j changes nothing', (patch) => {
    const link = exampleLink();
    expect(applyPatch(link, patch, 90)).toBe(link);
  });
});

describe('trashLink', () => {
  it('leaves a tombstone for the days that the code stays reserved', () => {
    expect(trashLink(exampleLink({ version: 3 }), now, 90)).toEqual(
      exampleLink({ state: 'trashed', version: 4, reservedUntil: now + 90 * dayMs }),
    );
  });
});

describe('reservedAfter', () => {
  it('ends on a whole second, never early', () => {
    expect(reservedAfter(1, 0)).toBe(1000);
    expect(reservedAfter(1000, 1)).toBe(dayMs + 1000);
  });
});
