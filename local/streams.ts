import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { openPositions } from './streams/positions.ts';
import { createStreamsCall } from './streams/streams-call.ts';

/** One change of an item, in the shape in which Lambda hands it over. */
export interface StreamRecord {
  eventID: string;
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  eventVersion: string;
  eventSource: string;
  awsRegion: string;
  eventSourceARN: string;
  dynamodb: {
    ApproximateCreationDateTime: number;
    Keys: Record<string, unknown>;
    NewImage?: Record<string, unknown>;
    OldImage?: Record<string, unknown>;
    SequenceNumber: string;
    SizeBytes: number;
    StreamViewType: string;
  };
  userIdentity?: unknown;
}

export interface StreamTable {
  tableArn: string;
  tableName: string;
  streamArn: string;
}

/** Reads one stream in order for one consumer. */
export interface StreamReader {
  readonly shardId: string;
  /** The next records, at most `limit`; after a failure the same call continues where it stood. */
  read(limit: number): Promise<StreamRecord[]>;
  /** Keeps that everything up to here was handled; a restart goes on behind it. */
  commit(sequenceNumber: string): void;
}

export interface Streams {
  open(consumer: string, streamArn: string, startingPosition?: string): Promise<StreamReader>;
  /** Tells the readers of a table that something was written to it. */
  nudge(tableName: string): void;
  onNudge(streamArn: string, listener: () => void): () => void;
  close(): void;
}

const beginning = '';

/** DynamoDB writes no record for a write that changed nothing; the engine does. */
const changedNothing = ({ eventName, dynamodb }: StreamRecord): boolean =>
  eventName === 'MODIFY' &&
  dynamodb.NewImage !== undefined &&
  dynamodb.OldImage !== undefined &&
  isDeepStrictEqual(dynamodb.NewImage, dynamodb.OldImage);

/**
 * DynamoDB Streams of the embedded engine, which keeps one shard a stream. Positions are kept with
 * the stream's label, so that a table made anew is read from its beginning.
 */
export const openStreams = (options: {
  endpoint: string;
  statePath: string;
  tables: StreamTable[];
}): Streams => {
  const call = createStreamsCall(options.endpoint);
  const positions = openPositions(options.statePath);
  const listeners = new Map<string, Set<() => void>>();

  const tableOf = (streamArn: string): StreamTable => {
    const table = options.tables.find((each) => each.streamArn === streamArn);
    if (table === undefined) throw new Error(`No table has the stream ${streamArn}`);
    return table;
  };

  const describe = async (tableName: string) => {
    const { Streams: found } = await call('ListStreams', { TableName: tableName });
    const [stream] = found as { StreamArn: string; StreamLabel: string }[];
    if (stream === undefined) throw new Error(`The table ${tableName} has no stream`);
    const { StreamDescription } = await call('DescribeStream', { StreamArn: stream.StreamArn });
    const { Shards } = StreamDescription as { Shards: { ShardId: string }[] };
    const [shard] = Shards;
    if (shard === undefined || Shards.length > 1) {
      throw new Error(`The stream of ${tableName} has ${Shards.length} shards, 1 is supported`);
    }
    return { engineArn: stream.StreamArn, label: stream.StreamLabel, shardId: shard.ShardId };
  };

  const open: Streams['open'] = async (consumer, streamArn, startingPosition) => {
    const { tableName } = tableOf(streamArn);
    const { engineArn, label, shardId } = await describe(tableName);
    const [, , , awsRegion = ''] = streamArn.split(':');
    let cursor = positions.find(consumer, label);
    const isNew = cursor === undefined;
    let iterator: string | undefined;

    const iteratorAt = async (sequence: string): Promise<string> => {
      const { ShardIterator } = await call('GetShardIterator', {
        StreamArn: engineArn,
        ShardId: shardId,
        ...(sequence === beginning
          ? { ShardIteratorType: 'TRIM_HORIZON' }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: sequence }),
      });
      return ShardIterator as string;
    };
    const read = async (limit: number): Promise<StreamRecord[]> => {
      for (;;) {
        const from = iterator ?? (await iteratorAt(cursor ?? beginning));
        iterator = undefined;
        const answer = await call('GetRecords', {
          ShardIterator: from,
          Limit: Math.min(limit, 1000),
        });
        const records = answer.Records as StreamRecord[];
        iterator = answer.NextShardIterator as string | undefined;
        cursor = records.at(-1)?.dynamodb.SequenceNumber ?? cursor;
        const changes = records.filter((record) => !changedNothing(record));
        if (records.length > 0 && changes.length === 0) continue;
        return changes.map((record) => ({
          ...record,
          eventID: createHash('md5')
            .update(`${engineArn} ${record.dynamodb.SequenceNumber}`)
            .digest('hex'),
          awsRegion,
          eventSourceARN: streamArn,
        }));
      }
    };
    if (isNew && startingPosition === 'LATEST') while ((await read(1000)).length > 0);
    if (isNew) positions.keep(consumer, label, cursor ?? beginning);
    return {
      shardId,
      read,
      commit: (sequenceNumber) => positions.keep(consumer, label, sequenceNumber),
    };
  };

  return {
    open,
    nudge: (tableName) => {
      for (const listener of listeners.get(tableName) ?? []) listener();
    },
    onNudge: (streamArn, listener) => {
      const { tableName } = tableOf(streamArn);
      const existing = listeners.get(tableName) ?? new Set();
      listeners.set(tableName, existing.add(listener));
      return () => existing.delete(listener);
    },
    close: () => positions.close(),
  };
};
