import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../kernel/clock.ts';
import { randomId } from '../../kernel/ids.ts';
import type { AddressSecret } from '../http/address-secret.ts';
import { toAttributes } from './dynamo/attribute-values.ts';

const daySeconds = 86_400;

/** How long a failure stands, so that a table that is down does not delay every request. */
const failureHoldMs = 2000;

/**
 * A random secret a UTC day, made by the first process that needs it, kept in the limits table and
 * deleted by its TTL. Hashes of addresses cannot be tried out, or linked to the next day's, once it
 * is gone; a plain hash of an IPv4 address is undone by trying 4 billion of them.
 */
export const createDynamoAddressSecret = ({
  client,
  tableName,
  clock,
  timeoutMs = 300,
}: {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}): AddressSecret => {
  let held: { readonly day: number; readonly secret: Promise<string> } | undefined;
  let failedAtMs = Number.NEGATIVE_INFINITY;

  const load = async (day: number): Promise<string> => {
    const table = { TableName: tableName, Key: toAttributes({ pk: `address-secret#${day}` }) };
    const options = { abortSignal: AbortSignal.timeout(timeoutMs) };
    const { Item } = await client.send(new GetItemCommand(table), options);
    if (Item?.secret?.S !== undefined) return Item.secret.S;
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        ...table,
        UpdateExpression: 'SET #s = if_not_exists(#s, :mine), #ttl = :ttl',
        ExpressionAttributeNames: { '#s': 'secret', '#ttl': 'ttl' },
        ExpressionAttributeValues: toAttributes({
          ':mine': randomId(32),
          ':ttl': (day + 1) * daySeconds,
        }),
        ReturnValues: 'ALL_NEW',
      }),
      options,
    );
    return String(Attributes?.secret?.S);
  };

  return {
    current: () => {
      const day = Math.floor(clock.now() / 1000 / daySeconds);
      const hasFailed = failedAtMs > Number.NEGATIVE_INFINITY;
      if (held?.day !== day || (hasFailed && clock.now() - failedAtMs >= failureHoldMs)) {
        failedAtMs = Number.NEGATIVE_INFINITY;
        const secret = load(day);
        held = { day, secret };
        secret.catch(() => {
          if (held?.secret === secret) failedAtMs = clock.now();
        });
      }
      return held.secret;
    },
  };
};
