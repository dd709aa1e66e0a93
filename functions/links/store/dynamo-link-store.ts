import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { randomId } from '../../kernel/ids.ts';
import type { Link } from '../link.ts';
import { keyText, type LinkKey } from '../link-key.ts';
import { slotOf } from '../shards/slot.ts';
import { type SlotMap, tableOfSlot } from '../shards/slot-map.ts';
import { type SlotMapSource, slotMapStalenessMs } from '../shards/slot-map-source.ts';
import {
  changeable,
  type LinkItem,
  toClaim,
  toItem,
  toLink,
  toReservation,
} from './dynamo-link-record.ts';
import type { CreateOutcome, LinkStore } from './link-store.ts';
import { fromImage } from './stored-image.ts';

/** A miss is believed when the map is not older than this. */
const missFreshnessMs = 5_000;

const tableOf = (map: SlotMap, key: LinkKey): string => tableOfSlot(map, slotOf(keyText(key)));

/** What the failed condition found in its place, or undefined where something else went wrong. */
const foundInstead = (error: unknown): LinkItem | undefined =>
  error instanceof ConditionalCheckFailedException ? fromImage(error.Item ?? {}) : undefined;

const updateOf = (next: Link) => {
  const item = toItem(next);
  const names = changeable.filter((name) => item[name] !== undefined);
  const removed = changeable.filter((name) => item[name] === undefined);
  const clause = (word: string, parts: readonly string[]) =>
    parts.length === 0 ? '' : `${word} ${parts.join(', ')} `;
  return {
    UpdateExpression:
      clause('SET', [...names.map((name) => `#${name} = :${name}`), 'writeId = :writeId']) +
      clause(
        'REMOVE',
        removed.map((name) => `#${name}`),
      ),
    names: Object.fromEntries(changeable.map((name) => [`#${name}`, name])),
    values: Object.fromEntries(names.map((name) => [`:${name}`, item[name]])),
  };
};

/** Links in the tables that the slot map names, one item each. */
export const dynamoLinkStore = (
  client: DynamoDBDocumentClient,
  slotMap: SlotMapSource,
): LinkStore => {
  const read = async (map: SlotMap, key: LinkKey, consistent: boolean) => {
    const { Item } = await client.send(
      new GetCommand({
        TableName: tableOf(map, key),
        Key: { pk: keyText(key) },
        ConsistentRead: consistent,
      }),
    );
    return toLink(Item);
  };

  /** Writes need a map that was read, not the even one that a process starts with. */
  const tableForWrite = async (key: LinkKey) =>
    tableOf(await slotMap.atMost(slotMapStalenessMs), key);

  const put = async (key: LinkKey, item: LinkItem, now: number): Promise<CreateOutcome> => {
    const writeId = randomId(6);
    try {
      await client.send(
        new PutCommand({
          TableName: await tableForWrite(key),
          Item: { ...item, writeId },
          ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :now',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':now': Math.floor(now / 1000) },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { kind: 'created' };
    } catch (error) {
      const found = foundInstead(error);
      if (found === undefined) throw error;
      // Our own write, whose answer was lost on the way to the SDK's retry.
      if (found.writeId === writeId) return { kind: 'created' };
      const link = toLink(found);
      const claim = toClaim(found);
      return { kind: 'taken', ...(link && { link }), ...(claim && { claim }) };
    }
  };

  return {
    get: async (key) => {
      const map = slotMap.current();
      const link = await read(map, key, false);
      if (link !== undefined) return link;
      const newer = await slotMap.atMost(missFreshnessMs);
      return tableOf(newer, key) === tableOf(map, key) ? undefined : read(newer, key, false);
    },
    getForUpdate: async (key) => read(await slotMap.atMost(slotMapStalenessMs), key, true),
    create: async (link, claim) => put(link, { ...toItem(link), claim }, link.createdAt),
    reserve: async (key, claim, now, until) => put(key, toReservation(key, claim, until), now),
    update: async (next, seen) => {
      const writeId = randomId(6);
      const { UpdateExpression, names, values } = updateOf(next);
      try {
        await client.send(
          new UpdateCommand({
            TableName: await tableForWrite(next),
            Key: { pk: keyText(next) },
            UpdateExpression,
            ConditionExpression: '#version = :seen AND createdAt = :createdAt',
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: {
              ...values,
              ':writeId': writeId,
              ':seen': seen.version,
              ':createdAt': seen.createdAt,
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return 'stored';
      } catch (error) {
        const found = foundInstead(error);
        if (found === undefined) throw error;
        return found.writeId === writeId ? 'stored' : 'stale';
      }
    },
  };
};
