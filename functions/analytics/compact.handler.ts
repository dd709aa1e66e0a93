import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { systemClock } from '../kernel/clock.ts';
import { randomId } from '../kernel/ids.ts';
import { createDocumentClient } from '../platform/dynamo.ts';
import { readEnv } from '../platform/env.ts';
import { logger } from '../platform/logger.ts';
import { compactRecords } from './compaction/compact-records.ts';
import { createCompactor } from './compaction/compactor.ts';
import type { SegmentRecord } from './compaction/dirty-minutes.ts';
import { dynamoCountStore } from './counts/dynamo-count-store.ts';
import { dynamoLedgerStore } from './counts/dynamo-ledger-store.ts';
import { compactorEnv } from './env.ts';
import { dynamoSegmentStore } from './segments/dynamo-segment-store.ts';

const env = readEnv(compactorEnv);
const client = createDocumentClient({ requestTimeoutMs: 10_000 });
const compactor = createCompactor({
  segments: dynamoSegmentStore(client, env.SEGMENTS_TABLE),
  counts: dynamoCountStore(client, env.COUNTS_TABLE),
  ledgers: dynamoLedgerStore(client, env.COUNTS_TABLE),
  clock: systemClock,
  newToken: randomId,
});

const toRecord = ({ dynamodb, eventName }: DynamoDBRecord): SegmentRecord => ({
  sequence: dynamodb?.SequenceNumber ?? '',
  isExpiry: eventName === 'REMOVE',
  pk: dynamodb?.Keys?.pk?.S ?? '',
  sk: dynamodb?.Keys?.sk?.S ?? '',
});

/** The stream is resumed at the first record whose minutes could not be counted. */
export const handler = async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  const { resumeAt, faults } = await compactRecords(compactor, Records.map(toRecord));
  if (resumeAt === undefined) return { batchItemFailures: [] };
  logger.error('clicks not counted', {
    resumeAt: resumeAt.sequence,
    faults: faults.length,
    error: faults[0] as Error,
  });
  return { batchItemFailures: [{ itemIdentifier: resumeAt.sequence }] };
};
