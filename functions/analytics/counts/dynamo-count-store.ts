import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { CountChunk } from './chunk.ts';
import type { CountStore } from './count-store.ts';
import { endOf, type Level, type Period, periodOf } from './unit.ts';

const letters: Readonly<Record<Level, string>> = { minute: 'M', hour: 'H', day: 'D' };

const daySeconds = 86_400;

/**
 * How long after its end a unit is kept. Minutes are shown for 7 days, and kept until the last of
 * their segments has expired and so, if nothing else did, has had their hour counted.
 */
const keptSeconds: Readonly<Record<Level, number | undefined>> = {
  minute: 35 * daySeconds,
  hour: 396 * daySeconds,
  day: undefined,
};

const partitionOf = ({ workspace, level, start }: Period): string =>
  `${letters[level]}#${start}#${workspace}`;

const sortKeyOf = (prefix: string, start: number): string =>
  `${prefix}#${String(start).padStart(8, '0')}`;

const toItem = (chunk: CountChunk) => {
  const kept = keptSeconds[chunk.level];
  return {
    pk: partitionOf(periodOf(chunk)),
    sk: sortKeyOf(chunk.prefix, chunk.start),
    n: chunk.segments,
    w: chunk.slotMinutes,
    d: chunk.bytes,
    ...(kept !== undefined && { ttl: endOf(chunk) * 60 + kept }),
  };
};

export const dynamoCountStore = (client: DynamoDBDocumentClient, tableName: string): CountStore => {
  const query = async (
    { workspace, level, start }: Period,
    options: {
      readonly consistent: boolean;
      readonly range?: readonly [from: string, to: string];
    },
  ): Promise<CountChunk[]> => {
    const chunks: CountChunk[] = [];
    const { consistent, range } = options;
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        ConsistentRead: consistent,
        KeyConditionExpression: range ? 'pk = :pk AND sk BETWEEN :from AND :to' : 'pk = :pk',
        ExpressionAttributeValues: {
          ':pk': partitionOf({ workspace, level, start }),
          ...(range && { ':from': range[0], ':to': range[1] }),
        },
      },
    );
    for await (const { Items = [] } of pages) {
      for (const { sk, n, w, d } of Items) {
        const [prefix = '', unitStart] = String(sk).split('#');
        chunks.push({
          workspace,
          level,
          start: Number(unitStart),
          prefix,
          segments: n,
          slotMinutes: w,
          bytes: d,
        });
      }
    }
    return chunks;
  };
  return {
    put: async (chunk) => {
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: toItem(chunk),
            ConditionExpression: 'attribute_not_exists(n) OR n <= :n',
            ExpressionAttributeValues: { ':n': chunk.segments },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    readPeriod: async (period) => query(period, { consistent: true }),
    readSlice: async (period, { prefix, from, to }) =>
      query(period, {
        consistent: false,
        range: [sortKeyOf(prefix, from), sortKeyOf(prefix, to)],
      }),
  };
};
