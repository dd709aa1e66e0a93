import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, type StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

export interface TableProps {
  /** @default false: the partition key alone */
  readonly sortKey?: boolean;
  /** @default none */
  readonly stream?: StreamViewType;
  /** Items leave at their `ttl`, epoch seconds. @default false */
  readonly expiring?: boolean;
  /** Deletion protection, and the table outlives its stack. */
  readonly retain: boolean;
}

/** On demand, restorable to any second of 35 days, keyed by `pk` (and `sk`); no physical name. */
export class Table extends TableV2 {
  constructor(scope: Construct, id: string, props: TableProps) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      ...(props.sortKey === true && { sortKey: { name: 'sk', type: AttributeType.STRING } }),
      ...(props.stream !== undefined && { dynamoStream: props.stream }),
      ...(props.expiring === true && { timeToLiveAttribute: 'ttl' }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.retain,
      removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}
