import { DynamoDB } from '@aws-sdk/client-dynamodb';

/** What a contender's decisions have cost. Redis bills nothing. */
export interface Usage {
  readonly roundTrips: number;
  readonly writeUnits: number;
}

/** A client whose round trips and billed write units are counted; a failed condition bills one. */
export const createCountedClient = (endpoint: string) => {
  const client = new DynamoDB({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts: 1,
  });
  let [roundTrips, writeUnits] = [0, 0];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const isWrite = !/^(?:Get|Query|Scan)/.test(context.commandName ?? '');
      roundTrips++;
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
      try {
        const result = await next(args);
        const { ConsumedCapacity } = result.output as {
          ConsumedCapacity?: { CapacityUnits?: number };
        };
        if (isWrite) writeUnits += ConsumedCapacity?.CapacityUnits ?? 0;
        return result;
      } catch (error) {
        if (isWrite) writeUnits++;
        throw error;
      }
    },
    { step: 'initialize', name: 'count', priority: 'low' },
  );
  return { client, usage: (): Usage => ({ roundTrips, writeUnits }) };
};
