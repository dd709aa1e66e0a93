import { sha256 } from '../kernel/hashing.ts';

/** The click's id: 8 bytes of the request id's SHA-256, as 11 characters of base64url. */
export const eventId = (requestId: string): string =>
  sha256(requestId).subarray(0, 8).toString('base64url');
