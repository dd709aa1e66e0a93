/** Letters and digits without 0 O o, 1 I i l j, which are mistaken for one another in print. */
export const codeAlphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghkmnpqrstuvwxyz';

/** Codes are this long until collisions ask for more: 54^7 is 1.3 × 10^12. */
const shortestCode = 7;

/** After three collisions the space is crowded: one character more each time. */
export const codeLengthAfter = (collisions: number): number =>
  shortestCode + Math.max(0, collisions - 2);

/** Bytes from here on would favour the alphabet's first letters. */
const fairBytes = 256 - (256 % codeAlphabet.length);

/** As many letters as the bytes give without bias. */
export const lettersOf = (bytes: Uint8Array): string =>
  Array.from(bytes)
    .filter((byte) => byte < fairBytes)
    .map((byte) => codeAlphabet[byte % codeAlphabet.length])
    .join('');
