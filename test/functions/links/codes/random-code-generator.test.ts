import { describe, expect, it } from 'vitest';
import { codeAlphabet, lettersOf } from '../../../../functions/links/codes/code-alphabet.ts';
import { randomCodeGenerator } from '../../../../functions/links/codes/random-code-generator.ts';

const link = { workspace: 'acme', url: 'https://example.org/' };

describe('randomCodeGenerator', () => {
  it('draws from 54 letters and digits that are not mistaken for one another', () => {
    expect(new Set(codeAlphabet).size).toBe(54);
    expect(codeAlphabet).not.toMatch(/[0Oo1Iilj]/);
  });

  it('makes 7 characters, and longer codes after three collisions', async () => {
    const generator = randomCodeGenerator();
    const lengths = await Promise.all(
      [0, 1, 2, 3, 4, 9].map(async (collisions) => (await generator.next(link, collisions)).length),
    );
    expect(lengths).toEqual([7, 7, 7, 8, 9, 14]);
  });

  it('favours no letter: of all byte values each letter gets exactly four', () => {
    const letters = [...lettersOf(Uint8Array.from({ length: 256 }, (_, byte) => byte))].sort();
    expect(letters.join('')).toBe(
      [...codeAlphabet]
        .sort()
        .map((letter) => letter.repeat(4))
        .join(''),
    );
  });

  it('draws again until it has enough fair bytes', async () => {
    const draws = [new Uint8Array(14).fill(255), new Uint8Array(14).fill(0)];
    const generator = randomCodeGenerator(() => draws.shift() ?? new Uint8Array());
    expect(await generator.next(link, 0)).toBe('2222222');
  });

  it('repeats no code and no letter too often in 20,000 draws', async () => {
    const generator = randomCodeGenerator();
    const codes = await Promise.all(Array.from({ length: 20_000 }, () => generator.next(link, 0)));
    expect(new Set(codes).size).toBe(codes.length);
    const counts = new Map<string, number>();
    for (const letter of codes.join('')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    const expected = (20_000 * 7) / 54;
    for (const letter of codeAlphabet) {
      // Eight standard deviations: one failure in 10^13 runs.
      expect(Math.abs((counts.get(letter) ?? 0) - expected)).toBeLessThan(8 * Math.sqrt(expected));
    }
  });
});
