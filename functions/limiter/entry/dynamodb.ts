import { createDynamoClient } from '../../platform/dynamo-client.ts';

export { createDynamoLimitStore } from '../stores/dynamo-limit-store.ts';

/**
 * The client that the DynamoDB store wants: each charge is sent once, so the SDK's own retries are
 * off. Region and credentials are the environment's. A call is ended by the limiter's time budget;
 * the client's timeout of 1 s only bounds a bug.
 */
export const createLimitsClient = () =>
  createDynamoClient({ maxAttempts: 1, requestTimeoutMs: 1000 });
