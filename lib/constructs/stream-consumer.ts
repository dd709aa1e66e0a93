import type { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { HandlerFunction } from './handler-function.ts';

export interface StreamConsumerProps {
  readonly batchSize: number;
  readonly window: Duration;
  /** Attempts at a batch, halved each time, before its place in the stream goes to `deadLetters`. */
  readonly retryAttempts: number;
  readonly deadLetters: Queue;
}

/** Lets `consumer` read the stream of `table` from its oldest record, in order within a shard. */
export const consumeStream = (
  consumer: HandlerFunction,
  table: ITableV2,
  props: StreamConsumerProps,
): void => {
  consumer.alias.addEventSource(
    new DynamoEventSource(table, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize,
      maxBatchingWindow: props.window,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: props.retryAttempts,
      onFailure: new SqsDlq(props.deadLetters),
    }),
  );
};
