import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../kernel/clock.ts';
import { logger } from '../../platform/logger.ts';
import { cachedSlotMap } from './cached-slot-map.ts';
import type { SlotMapSource } from './slot-map-source.ts';

export interface DynamoSlotMapOptions {
  readonly client: DynamoDBDocumentClient;
  readonly controlTable: string;
  readonly linkTables: readonly string[];
  readonly clock: Clock;
}

/** The map in the control table's item SLOTS / MAP; reading it is half an RRU, once a minute. */
export const dynamoSlotMap = (options: DynamoSlotMapOptions): SlotMapSource =>
  cachedSlotMap({
    tables: options.linkTables,
    clock: options.clock,
    read: async () => {
      const { Item } = await options.client.send(
        new GetCommand({ TableName: options.controlTable, Key: { pk: 'SLOTS', sk: 'MAP' } }),
      );
      return Item;
    },
    onFailure: (error) => logger.warn('slot map not read', { error: error as Error }),
  });
