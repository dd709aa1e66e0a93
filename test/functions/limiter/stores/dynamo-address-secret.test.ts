import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { toAttributes } from '../../../../functions/limiter/stores/dynamo/attribute-values.ts';
import { createDynamoAddressSecret } from '../../../../functions/limiter/stores/dynamo-address-secret.ts';
import { manualClock } from '../../../support/manual-clock.ts';

const client = new DynamoDBClient({ region: 'eu-central-1' });
const dynamo = mockClient(client);
beforeEach(() => dynamo.reset());

const day = Math.floor(Date.UTC(2026, 0, 1) / 86_400_000);
const setUp = () => {
  const clock = manualClock(Date.UTC(2026, 0, 1, 23));
  return { clock, secret: createDynamoAddressSecret({ client, tableName: 'limits', clock }) };
};

describe('createDynamoAddressSecret', () => {
  it('reads the secret of the day once', async () => {
    dynamo.on(GetItemCommand).resolves({ Item: toAttributes({ secret: 'of today' }) });
    const { secret } = setUp();
    expect(await secret.current()).toBe('of today');
    expect(await secret.current()).toBe('of today');
    expect(dynamo.calls()).toHaveLength(1);
    const { Key } = dynamo.commandCalls(GetItemCommand)[0]?.args[0].input ?? {};
    expect(Key).toEqual({ pk: { S: `address-secret#${day}` } });
  });

  it('makes one that the others agree on, and that is deleted when the day is over', async () => {
    dynamo.on(GetItemCommand).resolves({});
    dynamo.on(UpdateItemCommand).resolves({ Attributes: toAttributes({ secret: 'of the first' }) });
    expect(await setUp().secret.current()).toBe('of the first');
    const { input } = dynamo.commandCalls(UpdateItemCommand)[0]?.args[0] ?? {};
    expect(input?.UpdateExpression).toContain('if_not_exists(#s, :mine)');
    expect(input?.ExpressionAttributeValues).toMatchObject({
      ':ttl': { N: String((day + 1) * 86_400) },
    });
    expect(input?.ExpressionAttributeValues?.[':mine']?.S).toHaveLength(43);
  });

  it('changes at midnight', async () => {
    const { clock, secret } = setUp();
    dynamo
      .on(GetItemCommand)
      .resolvesOnce({ Item: toAttributes({ secret: 'of today' }) })
      .resolvesOnce({ Item: toAttributes({ secret: 'of tomorrow' }) });
    expect(await secret.current()).toBe('of today');
    clock.advance(3_600_000);
    expect(await secret.current()).toBe('of tomorrow');
  });

  it('does not ask a table that has just failed, and recovers', async () => {
    const { clock, secret } = setUp();
    dynamo
      .on(GetItemCommand)
      .rejectsOnce(new Error('down'))
      .resolves({ Item: toAttributes({ secret: 'again' }) });
    await expect(secret.current()).rejects.toThrow('down');
    await expect(secret.current()).rejects.toThrow('down');
    expect(dynamo.calls()).toHaveLength(1);
    clock.advance(2000);
    expect(await secret.current()).toBe('again');
    expect(await secret.current()).toBe('again');
    expect(dynamo.calls()).toHaveLength(2);
  });
});
