import { hmacSha256, sha256Base64url } from '../../kernel/hashing.ts';
import type { Claim } from '../store/link-store.ts';
import { codeLengthAfter, lettersOf } from './code-alphabet.ts';

export interface IdempotentRequest {
  readonly workspace: string;
  /** The Idempotency-Key as it was sent. */
  readonly key: string;
  /** What was asked for, in its normal form: members in one order, absent ones left out. */
  readonly input: Readonly<Record<string, unknown>>;
}

const digest = (codeKey: string, purpose: string, ...parts: readonly (string | number)[]) =>
  hmacSha256(codeKey, JSON.stringify([purpose, ...parts]));

/** What ties an item to the request; it tells nothing of the key. */
export const claimOf = (codeKey: string, { workspace, key, input }: IdempotentRequest): Claim => ({
  id: digest(codeKey, 'claim', workspace, key).toString('base64url'),
  request: sha256Base64url(
    JSON.stringify(Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1))),
  ),
});

/**
 * The code to try after so many collisions: always the same for the same request, so that a repeat
 * walks the same way and finds its own link.
 */
export const idempotentCode = (codeKey: string, claim: Claim, collisions: number): string => {
  const length = codeLengthAfter(collisions);
  let letters = '';
  for (let block = 0; letters.length < length; block++) {
    letters += lettersOf(digest(codeKey, 'code', claim.id, collisions, block));
  }
  return letters.slice(0, length);
};
