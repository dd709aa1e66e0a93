import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import QuickLRU from 'quick-lru';
import { fitsAll } from '../algorithms/limit.ts';
import { shortId } from '../algorithms/request-ids.ts';
import { type LimitItem, readItem, type Sighting, toSighting, toState } from './limit-item.ts';
import { type LimitStore, type StoreAnswer, StoreThrottled } from './limit-store.ts';
import { type BucketForm, toUpdate } from './limit-update.ts';

const throttles = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

const unseen: Sighting = { numbers: {}, idCounts: {} };

const other = (form: BucketForm): BucketForm => (form === 'busy' ? 'idle' : 'busy');

/** A first form that another process made wrong, the other one, and one more for good measure. */
const maxWrites = 3;

const faultOf = (error: unknown): unknown =>
  error instanceof Error && throttles.has(error.name)
    ? new StoreThrottled('DynamoDB throttled the item or the table', { cause: error })
    : error;

/**
 * Subjects as items of one table (pk, ttl). One conditional UpdateItem a decision; a refusal needs
 * no read, as the failed condition returns the item. `client` must not retry by itself
 * (`maxAttempts: 1`): a charge that is repeated without an id is charged twice.
 */
export const createDynamoLimitStore = ({
  client,
  tableName,
  maxKeys = 20_000,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** Items remembered between writes. @default 20,000 */
  readonly maxKeys?: number;
}): LimitStore => {
  const sightings = new QuickLRU<string, Sighting>({ maxSize: maxKeys });
  /** How subjects that this process has not seen turned out last: the guess for the next. */
  let stranger: BucketForm = 'busy';

  /** The item after the charge, or the one that the condition failed on. */
  const write = async (
    charge: Parameters<LimitStore['take']>[0],
    signal: AbortSignal | undefined,
  ): Promise<{ readonly charged: boolean; readonly item: LimitItem }> => {
    const seen = sightings.get(charge.key) ?? unseen;
    try {
      const { Attributes } = await client.send(
        new UpdateCommand(toUpdate(tableName, charge, seen, stranger)),
        signal && { abortSignal: signal },
      );
      return { charged: true, item: readItem(Attributes) };
    } catch (error) {
      // Anything but a failed condition (a throttle, a lost answer) must not become a second write.
      if (!(error instanceof ConditionalCheckFailedException)) throw faultOf(error);
      return { charged: false, item: readItem(error.Item) };
    }
  };

  return {
    take: async (charge, signal): Promise<StoreAnswer> => {
      const { key, limits, cost, nowMicros, requestId } = charge;
      for (let writes = 0; writes < maxWrites; writes++) {
        const isStranger = !sightings.has(key);
        const { charged, item } = await write(charge, signal);
        sightings.set(key, toSighting(item));
        const state = toState(item, nowMicros);
        if (charged) return { kind: 'charged', state };
        // Before the limits: the retry of the request that took the last unit is not refused.
        if (requestId !== undefined && state.requestIds.includes(shortId(requestId))) {
          return { kind: 'duplicate', state };
        }
        const read = (attribute: string) => state.numbers[attribute];
        if (!fitsAll(limits, read, nowMicros, cost)) return { kind: 'denied', state };
        if (isStranger) stranger = other(stranger);
      }
      throw new StoreThrottled(`"${key}" changed under each of ${maxWrites} writes`);
    },
    peek: async (key, nowMicros, signal) => {
      try {
        const { Item } = await client.send(
          new GetCommand({ TableName: tableName, Key: { pk: key }, ConsistentRead: true }),
          signal && { abortSignal: signal },
        );
        return toState(readItem(Item), nowMicros);
      } catch (error) {
        throw faultOf(error);
      }
    },
  };
};
