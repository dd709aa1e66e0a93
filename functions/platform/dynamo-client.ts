import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { type ClientOptions, clientSettings, withoutLogging } from './client-settings.ts';

/** `config`: the SDK's own settings, before ours. */
export const createDynamoClient = (
  options: ClientOptions = {},
  config: DynamoDBClientConfig = {},
): DynamoDBClient => withoutLogging(new DynamoDBClient({ ...config, ...clientSettings(options) }));
