import { Fn } from 'aws-cdk-lib';
import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { Table } from '../constructs/table.ts';

/** Every table of a stage. */
export interface Tables {
  /** One a shard, in the order of the slot map. */
  readonly links: readonly Table[];
  readonly linkIndex: Table;
  /** API keys and the slot map. */
  readonly control: Table;
  readonly limits: Table;
  readonly segments: Table;
  readonly counts: Table;
}

export interface TablesProps {
  readonly shards: number;
  readonly retain: boolean;
}

export const createTables = (scope: Construct, { shards, retain }: TablesProps): Tables => ({
  links: Array.from(
    { length: shards },
    (_, shard) =>
      new Table(scope, `Links${shard}`, {
        stream: StreamViewType.NEW_AND_OLD_IMAGES,
        expiring: true,
        retain,
      }),
  ),
  linkIndex: new Table(scope, 'LinkIndex', { sortKey: true, expiring: true, retain }),
  control: new Table(scope, 'Control', { sortKey: true, expiring: true, retain }),
  limits: new Table(scope, 'Limits', { expiring: true, retain }),
  segments: new Table(scope, 'Segments', {
    sortKey: true,
    stream: StreamViewType.KEYS_ONLY,
    expiring: true,
    retain,
  }),
  counts: new Table(scope, 'Counts', { sortKey: true, expiring: true, retain }),
});

/** The names as functions get them: comma-separated, shard 0 first. */
export const linkTableNames = (links: readonly Table[]): string =>
  Fn.join(
    ',',
    links.map((table) => table.tableName),
  );
