import type { MessageAttributes } from './message.ts';
import type { StoredMessage } from './store.ts';

export interface QueueSpec {
  name: string;
  arn: string;
  url: string;
  visibilitySeconds: number;
  retentionSeconds: number;
  delaySeconds: number;
  redrive?: { deadLetterArn: string; maxReceiveCount: number };
}

export interface QueueDepth {
  visible: number;
  inFlight: number;
  delayed: number;
}

export interface ReceivedMessage extends StoredMessage {
  readonly receiptHandle: string;
}

export interface TakeRequest {
  readonly limit: number;
  readonly maxBytes?: number;
  readonly visibilitySeconds?: number;
}

export interface SendRequest {
  readonly body: string;
  readonly attributes?: MessageAttributes;
  readonly delaySeconds?: number;
}

export interface SentMessage {
  readonly id: string;
  readonly bodyMd5: string;
  readonly attributesMd5: string | null;
}

/** The queues of the template. Every method that changes one settles once the change is kept. */
export interface Sqs {
  /** An action of the AWS JSON protocol, without its prefix; throws SqsError. */
  handle(action: string, input: Record<string, unknown>): Promise<Record<string, unknown>>;
  queue(arn: string): QueueSpec;
  send(queueArn: string, messages: readonly SendRequest[]): Promise<SentMessage[]>;
  take(queueArn: string, request: TakeRequest): Promise<ReceivedMessage[]>;
  /** Like take, but waits for a first message. */
  poll(queueArn: string, request: TakeRequest, waitMs: number): Promise<ReceivedMessage[]>;
  remove(queueArn: string, receiptHandles: readonly string[]): Promise<void>;
  /** Throws SqsError where a handle is not one of ours or no longer in flight. */
  setVisibility(queueArn: string, receiptHandle: string, seconds: number): Promise<void>;
  purge(queueArn: string): Promise<void>;
  depth(queueArn: string): QueueDepth;
  /** Counts at most `limit`. */
  countVisible(queueArn: string, limit: number): number;
  nextVisibleAt(queueArn: string): number | undefined;
  isEmpty(queueArn: string): boolean;
  /** Called after each commit that brought messages; returns how to stop listening. */
  onSend(listener: (queueArn: string, count: number) => void): () => void;
  onRemove(listener: (queueArn: string) => void): () => void;
  /** For who moved the clock by hand. */
  tick(): void;
  close(): void;
}
