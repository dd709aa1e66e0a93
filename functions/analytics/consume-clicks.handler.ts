import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { systemClock } from '../kernel/clock.ts';
import { createDocumentClient } from '../platform/dynamo.ts';
import { readEnv } from '../platform/env.ts';
import { logger } from '../platform/logger.ts';
import { metrics } from '../platform/metrics.ts';
import { type ClickMessage, consumeClicks } from './consume-clicks.ts';
import { clickConsumerEnv } from './env.ts';
import { dynamoSegmentStore } from './segments/dynamo-segment-store.ts';

const env = readEnv(clickConsumerEnv);
const segments = dynamoSegmentStore(createDocumentClient(), env.SEGMENTS_TABLE);

const toMessage = ({ messageId, body, attributes }: SQSRecord): ClickMessage => ({
  id: messageId,
  body,
  sentAt: Number(attributes.SentTimestamp),
});

const count = (name: string, value: number): void => {
  if (value > 0) metrics.singleMetric().addMetric(name, MetricUnit.Count, value);
};

/** Reports the messages that failed; the others are stored and leave the queue. */
export const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const outcome = await consumeClicks({ segments, clock: systemClock }, Records.map(toMessage));
  const { failed, faults, late } = outcome;
  if (failed.length > 0) {
    logger.warn('clicks not stored', { messageIds: failed, error: faults[0] as Error });
  }
  count('ClickNotStored', failed.length);
  count('ClickTooLate', late);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
};
