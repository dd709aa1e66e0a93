import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { LedgerStore } from './ledger.ts';
import { debtName, depthName, toLedger } from './ledger-attributes.ts';

const keyOf = (workspace: string) => ({ pk: `L#${workspace}`, sk: 'LEDGER' });

// An expression holds 4 KB.
const hoursAtOnce = 100;

/** One item a workspace in the table of the counts. */
export const dynamoLedgerStore = (
  client: DynamoDBDocumentClient,
  tableName: string,
): LedgerStore => ({
  read: async (workspace) => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: keyOf(workspace), ConsistentRead: true }),
    );
    return toLedger(Item ?? {});
  },
  mark: async (workspace, hours, token) => {
    let attributes: Record<string, unknown> = {};
    for (let first = 0; first < hours.length; first += hoursAtOnce) {
      const names = hours
        .slice(first, first + hoursAtOnce)
        .map((start, index) => [`#h${index}`, debtName({ level: 'hour', start })] as const);
      const { Attributes = {} } = await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: keyOf(workspace),
          UpdateExpression: `SET ${names.map(([name]) => `${name} = :token`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(names),
          ExpressionAttributeValues: { ':token': token },
          ReturnValues: 'ALL_NEW',
        }),
      );
      attributes = Attributes;
    }
    return toLedger(attributes);
  },
  settle: async (workspace, { unit, token }, next) => {
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: keyOf(workspace),
          UpdateExpression: next ? 'REMOVE #unit SET #next = :next' : 'REMOVE #unit',
          ConditionExpression: '#unit = :token',
          ExpressionAttributeNames: {
            '#unit': debtName(unit),
            ...(next && { '#next': debtName(next.unit) }),
          },
          ExpressionAttributeValues: { ':token': token, ...(next && { ':next': next.token }) },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  },
  deepen: async (workspace, depth) => {
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: keyOf(workspace),
        UpdateExpression: 'SET #depth = :yes',
        ExpressionAttributeNames: { '#depth': depthName(depth) },
        ExpressionAttributeValues: { ':yes': true },
      }),
    );
  },
});
