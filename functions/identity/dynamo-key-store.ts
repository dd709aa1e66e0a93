import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { ApiKey } from './api-key.ts';
import type { KeyStore } from './key-store.ts';

const keyOf = (id: string) => ({ pk: `KEY#${id}`, sk: 'KEY' });

/** Keys in the control table, one item each; a look-up is half an RRU. */
export const dynamoKeyStore = (client: DynamoDBDocumentClient, tableName: string): KeyStore => ({
  get: async (id) => {
    const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: keyOf(id) }));
    if (Item === undefined) return undefined;
    const { pk, sk, ...key } = Item;
    return key as ApiKey;
  },
  create: async (key) => {
    await client.send(
      new PutCommand({
        TableName: tableName,
        Item: { ...keyOf(key.id), ...key },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  },
  revoke: async (id, revokedAt) => {
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: keyOf(id),
          UpdateExpression: 'SET revokedAt = :at',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':at': revokedAt },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  },
});
