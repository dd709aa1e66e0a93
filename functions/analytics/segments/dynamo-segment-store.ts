import { type DynamoDBDocumentClient, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { edgeRanges, edgesOfSortKey, partitionOf, sortKeyOf } from './segment-key.ts';
import type { ClickSegmentStore, MinuteKey, StoredSegment } from './segment-store.ts';

const keptSeconds = 16 * 86_400;

export const dynamoSegmentStore = (
  client: DynamoDBDocumentClient,
  tableName: string,
): ClickSegmentStore => {
  // Consistent: the stream may tell of a segment before every replica has it.
  const query = async (
    key: MinuteKey,
    range?: readonly [from: string, to: string],
  ): Promise<StoredSegment[]> => {
    const segments: StoredSegment[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: range ? 'pk = :pk AND sk BETWEEN :from AND :to' : 'pk = :pk',
        ExpressionAttributeValues: {
          ':pk': partitionOf(key),
          ...(range && { ':from': range[0], ':to': range[1] }),
        },
      },
    );
    for await (const { Items = [] } of pages) {
      for (const { sk, d } of Items) {
        segments.push({ edges: edgesOfSortKey(sk) ?? 'both', bytes: d });
      }
    }
    return segments;
  };
  return {
    append: async (segment) => {
      const { minute } = segment;
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            pk: partitionOf(segment),
            sk: sortKeyOf(segment),
            d: segment.bytes,
            ...(minute !== 'late' && { ttl: minute * 60 + keptSeconds }),
          },
        }),
      );
    },
    read: async (key) => query(key),
    readEdge: async (key, edge) => query(key, edgeRanges[edge]),
  };
};
