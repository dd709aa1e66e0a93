import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../kernel/clock.ts';
import { type LinkItem, toItem, toLink } from '../store/dynamo-link-record.ts';
import type { LinkIndex, PageQuery } from './link-index.ts';

/** Longer than a stream keeps records (24 h), so that no replay outlives the row that refuses it. */
const goneForSeconds = 8 * 86_400;
/** A page reads at most about this many rows, however few its filter lets through. */
const mostRowsRead = 2_000;
const bulkReadSize = 200;

const queryOf = ({ partition, after, state }: PageQuery, tableName: string) => ({
  TableName: tableName,
  KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :after',
  FilterExpression:
    state === undefined
      ? 'attribute_not_exists(gone)'
      : 'attribute_not_exists(gone) AND #state = :state',
  ...(state !== undefined && { ExpressionAttributeNames: { '#state': 'state' } }),
  ExpressionAttributeValues: {
    ':pk': partition,
    ...(after !== undefined && { ':after': after }),
    ...(state !== undefined && { ':state': state }),
  },
  ScanIndexForward: false,
});

/** One row a list and link, a copy of the record; a row that is gone stays some days to be told. */
export const dynamoLinkIndex = (
  client: DynamoDBDocumentClient,
  tableName: string,
  clock: Clock,
): LinkIndex => ({
  apply: async ({ partition, position, rank, link }) => {
    const { pk: record, ttl, ...item } = link ? toItem(link) : ({} as LinkItem);
    const content = link
      ? { ...item, record, reservedUntil: ttl }
      : { gone: true, ttl: Math.ceil(clock.now() / 1000) + goneForSeconds };
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...content, pk: partition, sk: position, rank },
          ConditionExpression: 'attribute_not_exists(pk) OR #rank < :rank',
          ExpressionAttributeNames: { '#rank': 'rank' },
          ExpressionAttributeValues: { ':rank': rank },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  },

  page: async (query) => {
    const { limit, state } = query;
    const rows: LinkItem[] = [];
    let resume: Record<string, unknown> | undefined;
    let read = 0;
    do {
      const { Items, ScannedCount, LastEvaluatedKey } = await client.send(
        new QueryCommand({
          ...queryOf(query, tableName),
          // Rows that are gone or filtered out are rare at first; where they are not, read on in bulk.
          Limit: state === undefined && resume === undefined ? limit + 1 : bulkReadSize,
          ExclusiveStartKey: resume,
        }),
      );
      rows.push(...(Items ?? []));
      read += ScannedCount ?? 0;
      resume = LastEvaluatedKey;
    } while (resume !== undefined && rows.length <= limit && read < mostRowsRead);
    const next = rows.length > limit ? rows[limit - 1]?.sk : resume?.sk;
    return {
      links: rows
        .slice(0, limit)
        .flatMap(({ record, reservedUntil, rank: _rank, sk: _sk, ...item }) => {
          const link = toLink({ ...item, pk: record, ttl: reservedUntil });
          return link ?? [];
        }),
      ...(typeof next === 'string' && { next }),
    };
  },
});
