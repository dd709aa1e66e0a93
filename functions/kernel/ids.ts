import { randomBytes } from 'node:crypto';

/** `bytes` random bytes as base64url: 6 bits of entropy a character. */
export const randomId = (bytes = 12): string => randomBytes(bytes).toString('base64url');

/** `bytes` random bytes in lower-case hexadecimal, where `-` and `_` would get in the way. */
export const randomHex = (bytes = 8): string => randomBytes(bytes).toString('hex');
