import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type LimitItem, readItem } from '../limit-item.ts';
import { StoreThrottled } from '../limit-store.ts';
import { toAttributes } from './attribute-values.ts';

const throttles = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

const faultOf = (error: unknown): unknown =>
  error instanceof Error && throttles.has(error.name)
    ? new StoreThrottled('DynamoDB throttled the item or the table', { cause: error })
    : error;

/** Most handlers do, from their first call on. */
interface TellsTimeouts {
  httpHandlerConfigs?(): {
    readonly requestTimeout?: number;
    readonly throwOnRequestTimeout?: boolean;
  };
}

/**
 * A client that ends late calls by itself is left to do so: an abort closes the connection, so that
 * the next call has to open one within its budget, and to watch a signal costs the SDK a twentieth
 * of a decision's time. A client that would wait for ever is told.
 */
const callOptions = (
  { config: { requestHandler } }: DynamoDBClient,
  abortSignal: AbortSignal | undefined,
) => {
  const handler = requestHandler as object as TellsTimeouts;
  const { requestTimeout, throwOnRequestTimeout } = handler.httpHandlerConfigs?.() ?? {};
  return requestTimeout && throwOnRequestTimeout ? undefined : { abortSignal };
};

/** The item after the write, or the one that the condition failed on. */
export interface WriteAnswer {
  readonly held: boolean;
  readonly item: LimitItem;
}

/** The three calls to the table, each made once: a throttle or a lost answer throws. */
export const createDynamoItems = (client: DynamoDBClient, tableName: string) => ({
  write: async (input: UpdateItemCommandInput, abortSignal?: AbortSignal): Promise<WriteAnswer> => {
    try {
      const { Attributes } = await client.send(
        new UpdateItemCommand(input),
        callOptions(client, abortSignal),
      );
      return { held: true, item: readItem(Attributes) };
    } catch (error) {
      // Anything but a failed condition must not become a second write.
      if (!(error instanceof ConditionalCheckFailedException)) throw faultOf(error);
      return { held: false, item: readItem(error.Item) };
    }
  },
  read: async (key: string, abortSignal?: AbortSignal): Promise<LimitItem> => {
    try {
      const input = { TableName: tableName, Key: toAttributes({ pk: key }), ConsistentRead: true };
      const { Item } = await client.send(
        new GetItemCommand(input),
        callOptions(client, abortSignal),
      );
      return readItem(Item);
    } catch (error) {
      throw faultOf(error);
    }
  },
  remove: async (key: string, abortSignal?: AbortSignal): Promise<void> => {
    try {
      const input = { TableName: tableName, Key: toAttributes({ pk: key }) };
      await client.send(new DeleteItemCommand(input), callOptions(client, abortSignal));
    } catch (error) {
      throw faultOf(error);
    }
  },
});
