import { randomUUID } from 'node:crypto';
import type { StreamRecord } from '../streams.ts';
import { type EventSourceSpec, maxBatchBytes, readFailures } from './event-source.ts';

export const sequenceOf = (record: StreamRecord): string => record.dynamodb.SequenceNumber;

/** Leads up to the failed record with the lowest position; 0 where nothing can be relied on. */
export const countHandled = (payload: unknown, records: StreamRecord[]): number => {
  const failures = readFailures(payload);
  if (failures === undefined) return 0;
  if (failures.size === 0) return records.length;
  const positions = new Map(records.map((record, index) => [sequenceOf(record), index]));
  return Math.min(...[...failures].map((failure) => positions.get(failure) ?? 0));
};

export const cutToSize = (records: StreamRecord[], limit: number): StreamRecord[] => {
  let bytes = 0;
  const end = records.findIndex((record, index) => {
    bytes += record.dynamodb.SizeBytes;
    return index === limit || (index > 0 && bytes > maxBatchBytes);
  });
  return end < 0 ? records : records.slice(0, end);
};

/** What Lambda sends to an on-failure destination: where the records stand, not the records. */
export const failureRecord = (
  spec: EventSourceSpec,
  records: StreamRecord[],
  details: { shardId: string; attempts: number; nowMs: number },
): string => {
  const at = (record: StreamRecord | undefined): string =>
    new Date((record?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000).toISOString();
  const [first] = records;
  const last = records.at(-1);
  return JSON.stringify({
    requestContext: {
      requestId: randomUUID(),
      functionArn: spec.functionTarget,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: details.attempts,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: new Date(details.nowMs).toISOString(),
    DDBStreamBatchInfo: {
      shardId: details.shardId,
      startSequenceNumber: first && sequenceOf(first),
      endSequenceNumber: last && sequenceOf(last),
      approximateArrivalOfFirstRecord: at(first),
      approximateArrivalOfLastRecord: at(last),
      batchSize: records.length,
      streamArn: spec.sourceArn,
    },
  });
};
