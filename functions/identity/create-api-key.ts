import type { Clock } from '../kernel/clock.ts';
import { newCredentials } from './api-key.ts';
import type { KeyStore } from './key-store.ts';
import type { Scope } from './principal.ts';

export interface NewApiKey {
  readonly stage: string;
  readonly workspace: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Milliseconds since the epoch. @default never */
  readonly expiresAt?: number;
}

/** Makes a key. `token` is what its user sends; it cannot be shown again. */
export const createApiKey = async (
  { store, clock }: { readonly store: KeyStore; readonly clock: Clock },
  { stage, workspace, name, scopes, expiresAt }: NewApiKey,
): Promise<{ id: string; token: string }> => {
  const { id, secretHash, token } = newCredentials(stage);
  await store.create({
    id,
    workspace,
    name,
    scopes,
    secretHash,
    createdAt: clock.now(),
    ...(expiresAt !== undefined && { expiresAt }),
  });
  return { id, token };
};
