import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { logger } from '../platform/logger.ts';
import { countOne } from '../platform/metrics.ts';
import { createSqsClient } from '../platform/sqs.ts';
import { encodeClick } from './click.ts';
import type { ClickPublisher } from './publisher.ts';

/**
 * One SendMessage a click. A click that the queue did not take is logged whole, under a message that
 * a log subscription can match and replay; its id makes a second delivery harmless. `budgetMs` is how
 * long a redirect waits for the queue, connecting and retries included.
 */
export const createSqsClickPublisher = (
  queueUrl: string,
  budgetMs = 500,
  client = createSqsClient({ maxAttempts: 2, requestTimeoutMs: budgetMs }),
): ClickPublisher => ({
  publish: async (click) => {
    try {
      await client.send(
        new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: encodeClick(click) }),
        { abortSignal: AbortSignal.timeout(budgetMs) },
      );
    } catch (error) {
      logger.error('click not published', { click, error: error as Error });
      countOne('ClickNotPublished');
    }
  },
});
