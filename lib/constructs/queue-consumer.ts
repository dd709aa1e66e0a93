import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { HandlerFunction } from './handler-function.ts';

export interface ConsumedQueueProps {
  /** Of the function that will consume: a message hides six times as long. */
  readonly consumerTimeout: Duration;
  readonly deadLetters: DeadLetterQueue;
}

/** Encrypted, TLS only; after five failed deliveries a message goes to the dead-letter queue. */
export class ConsumedQueue extends Queue {
  constructor(scope: Construct, id: string, props: ConsumedQueueProps) {
    super(scope, id, {
      visibilityTimeout: Duration.seconds(6 * props.consumerTimeout.toSeconds()),
      retentionPeriod: Duration.days(4),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      deadLetterQueue: { queue: props.deadLetters, maxReceiveCount: 5 },
    });
  }
}

export interface QueueConsumerProps {
  readonly batchSize: number;
  readonly window: Duration;
  /** Invocations at the same time, at least 2. */
  readonly maxConcurrency: number;
}

/** Lets `consumer` read `queue` in batches, of which it reports the messages that failed. */
export const consumeQueue = (
  consumer: HandlerFunction,
  queue: Queue,
  props: QueueConsumerProps,
): void => {
  consumer.alias.addEventSource(
    new SqsEventSource(queue, {
      batchSize: props.batchSize,
      maxBatchingWindow: props.window,
      maxConcurrency: props.maxConcurrency,
      reportBatchItemFailures: true,
    }),
  );
};
