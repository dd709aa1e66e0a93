import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { type LimitItem, readItem } from '../limit-item.ts';
import { StoreThrottled } from '../limit-store.ts';

const throttles = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

const faultOf = (error: unknown): unknown =>
  error instanceof Error && throttles.has(error.name)
    ? new StoreThrottled('DynamoDB throttled the item or the table', { cause: error })
    : error;

/** The item after the write, or the one that the condition failed on. */
export interface WriteAnswer {
  readonly held: boolean;
  readonly item: LimitItem;
}

/** The three calls to the table, each made once: a throttle or a lost answer throws. */
export const createDynamoItems = (client: DynamoDBDocumentClient, tableName: string) => ({
  write: async (input: UpdateCommandInput, abortSignal?: AbortSignal): Promise<WriteAnswer> => {
    try {
      const { Attributes } = await client.send(new UpdateCommand(input), { abortSignal });
      return { held: true, item: readItem(Attributes) };
    } catch (error) {
      // Anything but a failed condition must not become a second write.
      if (!(error instanceof ConditionalCheckFailedException)) throw faultOf(error);
      return { held: false, item: readItem(error.Item) };
    }
  },
  read: async (key: string, abortSignal?: AbortSignal): Promise<LimitItem> => {
    try {
      const input = { TableName: tableName, Key: { pk: key }, ConsistentRead: true };
      const { Item } = await client.send(new GetCommand(input), { abortSignal });
      return readItem(Item);
    } catch (error) {
      throw faultOf(error);
    }
  },
  remove: async (key: string, abortSignal?: AbortSignal): Promise<void> => {
    try {
      const input = { TableName: tableName, Key: { pk: key } };
      await client.send(new DeleteCommand(input), { abortSignal });
    } catch (error) {
      throw faultOf(error);
    }
  },
});
