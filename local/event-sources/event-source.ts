import type { Clock } from '../../functions/kernel/clock.ts';
import type { Sqs } from '../sqs.ts';
import type { Streams } from '../streams.ts';

export interface EventSourceSpec {
  logicalId: string;
  functionTarget: string;
  sourceArn: string;
  kind: 'sqs' | 'dynamodb';
  batchSize: number;
  windowSeconds: number;
  maximumConcurrency?: number;
  reportBatchItemFailures: boolean;
  bisect?: boolean;
  /** Undefined or -1: for ever. */
  maximumRetryAttempts?: number;
  onFailureArn?: string;
  startingPosition?: string;
  enabled: boolean;
  /** Accepted, and read as 1: the order of a key is the same, the engine has one shard. */
  parallelizationFactor?: number;
}

export type InvokeResult =
  | { ok: true; payload: unknown }
  | { ok: false; errorType: string; errorMessage: string };

export interface EventSourceDeps {
  sqs: Sqs;
  streams: Streams;
  invoke: (target: string, event: unknown) => Promise<InvokeResult>;
  /** A fault for tests: true delivers the message once more after it was handled. */
  duplicate?: (queueArn: string, messageId: string) => boolean;
  /** How soon messages come back after a failure; without it, as on AWS, the queue's timeout. */
  retrySeconds?: number;
  clock: Clock;
}

/** What a running source tells its owner. */
export interface SourceEvents {
  /** A batch was begun or ended: what it wrote may be work for another source. */
  onActivity(): void;
  onFault(error: unknown): void;
}

/** One event source mapping at work. */
export interface EventSource {
  readonly logicalId: string;
  pause(): void;
  resume(): void;
  /** While true, windows end at once. */
  setDraining(draining: boolean): void;
  /** Resolves when nothing is left to do, or the source is paused or stopped. */
  settled(): Promise<void>;
  tick(): void;
  /** Resolves when the invocations under way have ended. */
  stop(): Promise<void>;
}

/** An invocation carries 6 MB; what is around the records needs a little of it. */
export const maxBatchBytes = 5_500_000;

/**
 * The identifiers that a function reported as failed; undefined where its answer is none of the
 * documented ones, which makes the whole batch fail.
 */
export const readFailures = (payload: unknown): Set<string> | undefined => {
  if (payload === undefined || payload === null || payload === '') return new Set();
  if (typeof payload !== 'object' || Array.isArray(payload)) return undefined;
  const { batchItemFailures } = payload as { batchItemFailures?: unknown };
  if (batchItemFailures === undefined || batchItemFailures === null) return new Set();
  if (!Array.isArray(batchItemFailures)) return undefined;
  const identifiers = batchItemFailures.map((failure) => failure?.itemIdentifier);
  const isGood = (id: unknown): id is string => typeof id === 'string' && id !== '';
  return identifiers.every(isGood) ? new Set(identifiers) : undefined;
};

/** An invocation that never throws. */
export const invokeSafely = async (
  deps: EventSourceDeps,
  spec: EventSourceSpec,
  event: unknown,
): Promise<InvokeResult> => {
  try {
    return await deps.invoke(spec.functionTarget, event);
  } catch (error) {
    return { ok: false, errorType: 'InvokeError', errorMessage: String(error) };
  }
};
