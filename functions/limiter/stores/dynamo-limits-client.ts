import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { createDynamoClient } from '../../platform/dynamo-client.ts';

/**
 * The client that the DynamoDB store wants: each charge is sent once, so the SDK's own retries are
 * off, and its middlewares are put together once. Region and credentials are the environment's where
 * `config` has none. The limiter's time budget decides without an answer that is late; the client
 * ends such a call after 1 s, and the connection lives on for an answer until then.
 */
export const createLimitsClient = (config: DynamoDBClientConfig = {}) =>
  createDynamoClient(
    { maxAttempts: 1, requestTimeoutMs: 1000 },
    { ...config, cacheMiddleware: true },
  );
