import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ClientOptions, clientSettings } from './client-settings.ts';

export const createDynamoClient = (options: ClientOptions = {}): DynamoDBClient =>
  new DynamoDBClient(clientSettings(options));
