import type { DynamoDBClient, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import QuickLRU from 'quick-lru';
import type { Receipt } from '../algorithms/arithmetic.ts';
import { recordedReceipt, recordMicros } from '../algorithms/charge-records.ts';
import { concurrencyOf, fitsAll } from '../algorithms/limit.ts';
import { chargeId } from '../algorithms/request-ids.ts';
import { toChargeUpdate } from './dynamo/charge-update.ts';
import { createDynamoItems, type WriteAnswer } from './dynamo/dynamo-items.ts';
import { toReleaseUpdate, toRenewUpdate } from './dynamo/hold-update.ts';
import { provenReceipt, toRefundUpdate } from './dynamo/refund-update.ts';
import { firstGuess, learnForms } from './dynamo/stranger-forms.ts';
import { isKnown } from './known-charge.ts';
import { type LimitItem, type Sighting, toSighting, toState, unseen } from './limit-item.ts';
import {
  type Charge,
  type LimitStore,
  type Refund,
  type StoreAnswer,
  StoreThrottled,
} from './limit-store.ts';

/**
 * A first form that another process made wrong, the other one, and more where many callers meet at a
 * full concurrency limit: each write that fails there is one of another's that did not.
 */
const maxWrites = 5;

const keepsChanging = (key: string) =>
  new StoreThrottled(`"${key}" changed under each of ${maxWrites} writes`);

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
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Items, and receipts, remembered between writes. @default 20,000 */
  readonly maxKeys?: number;
}): LimitStore => {
  const items = createDynamoItems(client, tableName);
  const sightings = new QuickLRU<string, Sighting>({ maxSize: maxKeys });
  /** Of this process's own refundable charges, so that giving one back needs no read. */
  const receipts = new QuickLRU<string, Receipt>({ maxSize: maxKeys });
  let guess = firstGuess;

  const write = async (
    key: string,
    input: UpdateItemCommandInput,
    signal: AbortSignal | undefined,
  ): Promise<WriteAnswer> => {
    const answer = await items.write(input, signal);
    sightings.set(key, toSighting(answer.item));
    return answer;
  };

  const receiptKey = ({ key, cost, requestId }: Pick<Refund, 'key' | 'cost' | 'requestId'>) =>
    `${key} ${chargeId(requestId, cost)}`;

  const keepReceipt = ({ requestId, ...charge }: Charge, item: LimitItem): void => {
    if (charge.refundable !== true || requestId === undefined) return;
    const receipt = recordedReceipt(item, chargeId(requestId, charge.cost), charge.nowMicros);
    if (receipt !== undefined) receipts.set(receiptKey({ ...charge, requestId }), receipt);
  };

  const spendReceipt = (refund: Refund): Receipt | undefined => {
    const receipt = receipts.get(receiptKey(refund));
    receipts.delete(receiptKey(refund));
    const isLive = receipt && receipt.takenMicros + recordMicros > refund.nowMicros;
    return isLive ? receipt : undefined;
  };

  return {
    take: async (charge, signal): Promise<StoreAnswer> => {
      const { key, limits, cost, nowMicros } = charge;
      for (let writes = 0; writes < maxWrites; writes++) {
        const seen = sightings.get(key);
        const stranger = seen ? undefined : guess;
        const input = toChargeUpdate(tableName, charge, seen ?? unseen, stranger);
        const { held, item } = await write(key, input, signal);
        const state = toState(item, nowMicros);
        if (held) {
          keepReceipt(charge, item);
          return { kind: 'charged', state };
        }
        // Before the limits: the retry of the request that took the last unit is not refused.
        if (isKnown(state, charge)) return { kind: 'duplicate', state };
        if (!fitsAll(limits, state, nowMicros, cost)) return { kind: 'denied', state };
        if (stranger) guess = learnForms(stranger, charge, item);
      }
      throw keepsChanging(key);
    },
    peek: async (key, nowMicros, signal) => toState(await items.read(key, signal), nowMicros),
    refund: async (refund, signal) => {
      const known = refund.receipt ?? spendReceipt(refund);
      let item = known ? undefined : await items.read(refund.key, signal);
      let receipt = item ? provenReceipt(refund, item) : known;
      for (let writes = 0; writes < maxWrites && receipt !== undefined; writes++) {
        const input = toRefundUpdate(tableName, refund, receipt, item?.numbers);
        const answer = await write(refund.key, input, signal);
        if (answer.held) return true;
        item = answer.item;
        receipt = provenReceipt(refund, item);
      }
      if (receipt !== undefined) throw keepsChanging(refund.key);
      return false;
    },
    release: async (hold, signal) => {
      const { held } = await write(hold.key, toReleaseUpdate(tableName, hold), signal);
      return held;
    },
    renew: async (hold, signal) => {
      const lease = concurrencyOf(hold.limits);
      if (lease === undefined) return false;
      const { held } = await write(hold.key, toRenewUpdate(tableName, hold, lease), signal);
      return held;
    },
    reset: async (key, signal) => {
      sightings.delete(key);
      await items.remove(key, signal);
    },
  };
};
