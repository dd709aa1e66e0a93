import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionOfCursor, toCursor } from '../../../../functions/links/listing/cursor.ts';
import { positionOf } from '../../../../functions/links/listing/index-rows.ts';

const scope = { workspace: 'acme', tag: 'x' };
const position = positionOf({ createdAt: Date.UTC(2026, 0, 1), id: '~Xy9hL2I' });

describe('positionOfCursor', () => {
  it('reads back what toCursor wrote, in characters that need no encoding in a URL', () => {
    const cursor = toCursor(scope, position);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(positionOfCursor(scope, cursor)).toBe(position);
  });

  it.each([
    ['another workspace', { workspace: 'other', tag: 'x' }],
    ['another tag', { workspace: 'acme', tag: 'y' }],
    ['no tag', { workspace: 'acme' }],
    ['a state', { workspace: 'acme', tag: 'x', state: 'active' }],
  ])('opens nothing for %s', (_name, other) => {
    expect(positionOfCursor(other, toCursor(scope, position))).toBeUndefined();
  });

  it('refuses a cursor with any one character changed, missing or added', () => {
    const cursor = toCursor(scope, position);
    fc.assert(
      fc.property(fc.nat(cursor.length - 1), fc.constantFrom('', '*', 'xx', '\0'), (at, text) => {
        const broken = cursor.slice(0, at) + text + cursor.slice(at + 1);
        expect(positionOfCursor(scope, broken)).toBeUndefined();
      }),
    );
  });

  it('refuses anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        expect(positionOfCursor(scope, text)).toBeUndefined();
        expect(positionOfCursor(scope, `1${text}`)).toBeUndefined();
      }),
    );
  });
});
