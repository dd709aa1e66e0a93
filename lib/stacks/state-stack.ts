import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { AppConfig } from '../config.ts';
import { createSecrets } from '../features/secrets.ts';
import { createTables, linkTableNames, type Tables } from '../features/tables.ts';

export interface StateStackProps extends StackProps {
  readonly config: AppConfig;
  /** Where the distribution's stack reads the origin lock. */
  readonly edgeRegion: string;
}

/** What must never be lost: tables and secrets. */
export class StateStack extends Stack {
  readonly tables: Tables;
  readonly codeKey: Secret;

  constructor(scope: Construct, id: string, { config, edgeRegion, ...props }: StateStackProps) {
    super(scope, id, props);
    const { originLock, region, retain, shards, stage } = config;
    this.tables = createTables(this, { shards, retain });
    this.codeKey = createSecrets(this, {
      stage,
      originLock,
      replicaRegions: region === edgeRegion ? [] : [edgeRegion],
      retain,
    });
    const { control, counts, limits, linkIndex, links, segments } = this.tables;
    const outputs = {
      LinkTables: linkTableNames(links),
      LinkIndexTable: linkIndex.tableName,
      ControlTable: control.tableName,
      LimitsTable: limits.tableName,
      SegmentsTable: segments.tableName,
      CountsTable: counts.tableName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
