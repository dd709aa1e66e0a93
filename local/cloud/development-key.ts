import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createAuthenticator } from '../../functions/identity/authenticate.ts';
import { createApiKey } from '../../functions/identity/create-api-key.ts';
import { dynamoKeyStore } from '../../functions/identity/dynamo-key-store.ts';
import { scopes } from '../../functions/identity/principal.ts';
import type { Clock } from '../../functions/kernel/clock.ts';

/** Makes and limits API keys by the product's own code, as an operator would with `npm run keys`. */
export const createKeyring = (options: {
  readonly client: DynamoDBClient;
  readonly controlTable: string;
  readonly stage: string;
  readonly clock: Clock;
}) => {
  const { clock, stage } = options;
  const documents = DynamoDBDocumentClient.from(options.client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  const store = dynamoKeyStore(documents, options.controlTable);
  return {
    create: async (workspace: string): Promise<string> => {
      const key = { stage, workspace, name: 'development', scopes };
      return (await createApiKey({ store, clock }, key)).token;
    },
    limit: store.setWorkspaceLimits,
    isValid: async (token: string): Promise<boolean> => {
      const authenticate = createAuthenticator({ store, stage, clock });
      const identity = await authenticate({ authorization: `Bearer ${token}` }, '127.0.0.1');
      if (identity.kind !== 'authenticated') return false;
      // A key of an older version lacks the scopes that came since.
      return scopes.every((scope) => identity.principal.scopes.includes(scope));
    },
  };
};
