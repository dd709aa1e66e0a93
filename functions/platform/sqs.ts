import { SQSClient } from '@aws-sdk/client-sqs';
import { type ClientOptions, clientSettings } from './client-settings.ts';

export const createSqsClient = (options: ClientOptions = {}): SQSClient =>
  new SQSClient(clientSettings(options));
