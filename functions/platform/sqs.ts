import { SQSClient } from '@aws-sdk/client-sqs';
import { type ClientOptions, clientSettings, withoutLogging } from './client-settings.ts';

export const createSqsClient = (options: ClientOptions = {}): SQSClient =>
  withoutLogging(new SQSClient(clientSettings(options)));
