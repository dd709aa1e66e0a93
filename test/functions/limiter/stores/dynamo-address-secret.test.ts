import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDynamoAddressSecret } from '../../../../functions/limiter/stores/dynamo-address-secret.ts';
import { manualClock } from '../../../support/manual-clock.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-central-1' }));
const dynamo = mockClient(client);
beforeEach(() => dynamo.reset());

const day = Math.floor(Date.UTC(2026, 0, 1) / 86_400_000);
const setUp = () => {
  const clock = manualClock(Date.UTC(2026, 0, 1, 23));
  return { clock, secret: createDynamoAddressSecret({ client, tableName: 'limits', clock }) };
};

describe('createDynamoAddressSecret', () => {
  it('reads the secret of the day once', async () => {
    dynamo.on(GetCommand).resolves({ Item: { secret: 'of today' } });
    const { secret } = setUp();
    expect(await secret.current()).toBe('of today');
    expect(await secret.current()).toBe('of today');
    expect(dynamo.calls()).toHaveLength(1);
    const { Key } = dynamo.commandCalls(GetCommand)[0]?.args[0].input ?? {};
    expect(Key).toEqual({ pk: `address-secret#${day}` });
  });

  it('makes one that the others agree on, and that is deleted when the day is over', async () => {
    dynamo.on(GetCommand).resolves({});
    dynamo.on(UpdateCommand).resolves({ Attributes: { secret: 'of the first' } });
    expect(await setUp().secret.current()).toBe('of the first');
    const { input } = dynamo.commandCalls(UpdateCommand)[0]?.args[0] ?? {};
    expect(input?.UpdateExpression).toContain('if_not_exists(#s, :mine)');
    expect(input?.ExpressionAttributeValues).toMatchObject({ ':ttl': (day + 1) * 86_400 });
    expect(String(input?.ExpressionAttributeValues?.[':mine'])).toHaveLength(43);
  });

  it('changes at midnight', async () => {
    const { clock, secret } = setUp();
    dynamo
      .on(GetCommand)
      .resolvesOnce({ Item: { secret: 'of today' } })
      .resolvesOnce({ Item: { secret: 'of tomorrow' } });
    expect(await secret.current()).toBe('of today');
    clock.advance(3_600_000);
    expect(await secret.current()).toBe('of tomorrow');
  });

  it('does not ask a table that has just failed, and recovers', async () => {
    const { clock, secret } = setUp();
    dynamo
      .on(GetCommand)
      .rejectsOnce(new Error('down'))
      .resolves({ Item: { secret: 'again' } });
    await expect(secret.current()).rejects.toThrow('down');
    await expect(secret.current()).rejects.toThrow('down');
    expect(dynamo.calls()).toHaveLength(1);
    clock.advance(2000);
    expect(await secret.current()).toBe('again');
    expect(await secret.current()).toBe('again');
    expect(dynamo.calls()).toHaveLength(2);
  });
});
