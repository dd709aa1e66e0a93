import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
} from 'aws-lambda';
import { systemClock } from '../kernel/clock.ts';
import { createDocumentClient } from '../platform/dynamo.ts';
import { readEnv } from '../platform/env.ts';
import { linkProjectorEnv } from './env.ts';
import { dynamoLinkIndex } from './listing/dynamo-link-index.ts';
import { projectChange } from './listing/project-links.ts';
import { toLink } from './store/dynamo-link-record.ts';
import { fromImage } from './store/stored-image.ts';

const env = readEnv(linkProjectorEnv);
const index = dynamoLinkIndex(createDocumentClient(), env.INDEX_TABLE, systemClock);
const processor = new BatchProcessor(EventType.DynamoDBStreams);

const linkIn = (image: object | undefined) =>
  image && toLink(fromImage(image as Record<string, unknown>));

const project = async ({ dynamodb }: DynamoDBRecord): Promise<void> =>
  projectChange(index, { before: linkIn(dynamodb?.OldImage), after: linkIn(dynamodb?.NewImage) });

/** Reports the records that failed; the stream is resumed at the first of them. */
export const handler = async (
  event: DynamoDBStreamEvent,
  context: Context,
): Promise<DynamoDBBatchResponse> =>
  processPartialResponse(event, project, processor, { context, throwOnFullBatchFailure: false });
