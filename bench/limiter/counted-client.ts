import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What a contender's decisions have cost. Redis bills nothing. */
export interface Usage {
  readonly roundTrips: number;
  readonly writeUnits: number;
}

/** How the engine is reached. */
export const engineConfig = (endpoint: string) => ({
  endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
});

/** Counts a client's round trips and billed write units; a failed condition bills one. */
export const countUsage = (client: DynamoDBClient): (() => Usage) => {
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
  return () => ({ roundTrips, writeUnits });
};
