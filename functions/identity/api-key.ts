import { sha256Hex } from '../kernel/hashing.ts';
import { randomHex } from '../kernel/ids.ts';
import type { KeyLimits } from '../limiter/index.ts';
import type { Scope } from './principal.ts';

/** What is stored of a key; the secret itself is shown once and kept nowhere. */
export interface ApiKey {
  readonly id: string;
  readonly workspace: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the secret, in hexadecimal. */
  readonly secretHash: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly revokedAt?: number;
  /** Where they are other than its workspace's and the stage's. */
  readonly limits?: KeyLimits;
}

const tokenPattern = /^hg_([a-z0-9]{1,20})_([0-9a-f]{16})_([0-9a-f]{40})$/;

/** 160 random bits; the id is public, so that a key can be named in lists and logs. */
export const newCredentials = (
  stage: string,
): { id: string; secretHash: string; token: string } => {
  const id = randomHex(8);
  const secret = randomHex(20);
  return { id, secretHash: sha256Hex(secret), token: `hg_${stage}_${id}_${secret}` };
};

/** The parts of a token of this stage, or undefined where it is none. */
export const parseToken = (
  stage: string,
  token: string,
): { id: string; secret: string } | undefined => {
  const [, tokenStage, id, secret] = tokenPattern.exec(token) ?? [];
  if (tokenStage !== stage || id === undefined || secret === undefined) return undefined;
  return { id, secret };
};
