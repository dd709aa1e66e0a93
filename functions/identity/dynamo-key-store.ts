import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { ApiKey } from './api-key.ts';
import type { KeyStore } from './key-store.ts';

const keyOf = (id: string) => ({ pk: `KEY#${id}`, sk: 'KEY' });
const limitsOf = (workspace: string) => ({ pk: `WORKSPACE#${workspace}`, sk: 'LIMITS' });

/** Keys in the control table, one item each, and one a workspace with limits; a look-up is half an RRU. */
export const dynamoKeyStore = (client: DynamoDBDocumentClient, tableName: string): KeyStore => {
  const table = { TableName: tableName };

  /** Changes a key that exists; false where there is none. */
  const change = async (id: string, update: Partial<UpdateCommandInput>): Promise<boolean> => {
    const input = { ...table, Key: keyOf(id), ConditionExpression: 'attribute_exists(pk)' };
    try {
      await client.send(new UpdateCommand({ ...input, ...update }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  return {
    get: async (id) => {
      const { Item } = await client.send(new GetCommand({ ...table, Key: keyOf(id) }));
      if (Item === undefined) return undefined;
      const { pk, sk, ...key } = Item;
      return key as ApiKey;
    },
    create: async (key) => {
      await client.send(
        new PutCommand({
          ...table,
          Item: { ...keyOf(key.id), ...key },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
    },
    revoke: async (id, revokedAt) =>
      change(id, {
        UpdateExpression: 'SET revokedAt = :at',
        ExpressionAttributeValues: { ':at': revokedAt },
      }),
    setKeyLimits: async (id, limits) =>
      change(
        id,
        limits === undefined
          ? {
              UpdateExpression: 'REMOVE #limits',
              ExpressionAttributeNames: { '#limits': 'limits' },
            }
          : {
              UpdateExpression: 'SET #limits = :limits',
              ExpressionAttributeNames: { '#limits': 'limits' },
              ExpressionAttributeValues: { ':limits': limits },
            },
      ),
    getWorkspaceLimits: async (workspace) => {
      const { Item } = await client.send(new GetCommand({ ...table, Key: limitsOf(workspace) }));
      return Item?.limits;
    },
    setWorkspaceLimits: async (workspace, limits) => {
      const Key = limitsOf(workspace);
      if (limits === undefined) await client.send(new DeleteCommand({ ...table, Key }));
      else await client.send(new PutCommand({ ...table, Item: { ...Key, limits } }));
    },
  };
};
