import { describe, expect, it } from 'vitest';
import { fromImage } from '../../../../functions/links/store/stored-image.ts';

describe('fromImage', () => {
  it('reads the types that our records use, nested too', () => {
    expect(
      fromImage({
        pk: { S: '_/a' },
        version: { N: '3' },
        on: { BOOL: true },
        none: { NULL: true },
        tags: { L: [{ S: 'a' }, { S: 'b' }] },
        claim: { M: { id: { S: 'x' } } },
        strange: { B: 'AA==' },
      }),
    ).toEqual({
      pk: '_/a',
      version: 3,
      on: true,
      none: null,
      tags: ['a', 'b'],
      claim: { id: 'x' },
      strange: undefined,
    });
  });
});
