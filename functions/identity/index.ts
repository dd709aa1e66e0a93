import { systemClock } from '../kernel/clock.ts';
import { createDocumentClient } from '../platform/dynamo.ts';
import { type Authenticate, createAuthenticator } from './authenticate.ts';
import { dynamoKeyStore } from './dynamo-key-store.ts';

export type { Authenticate } from './authenticate.ts';
export type { Principal, Scope } from './principal.ts';

/** The authenticator over the control table. */
export const createKeyAuthenticator = (options: {
  readonly controlTable: string;
  readonly stage: string;
}): Authenticate =>
  createAuthenticator({
    store: dynamoKeyStore(createDocumentClient({ requestTimeoutMs: 1000 }), options.controlTable),
    stage: options.stage,
    clock: systemClock,
  });
