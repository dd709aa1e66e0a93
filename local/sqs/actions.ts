import { SqsError } from './error.ts';
import { type Input, integer, names, readBatch, readSend, text } from './input.ts';
import {
  checkAttributes,
  type MessageAttributes,
  maxMessageBytes,
  attributesMd5 as md5OfAttributes,
  messageBytes,
} from './message.ts';
import type { QueueSpec, ReceivedMessage, Sqs } from './queue.ts';

interface Call {
  readonly sqs: Sqs;
  readonly queue: QueueSpec;
  readonly input: Input;
}

const maxVisibilitySeconds = 43_200;

/** Runs each entry for itself: one that fails is reported beside those that worked. */
const forEachEntry = async (
  entries: Array<Input & { Id: string }>,
  run: (entry: Input & { Id: string }) => Promise<Record<string, unknown>>,
) => {
  const Successful: Record<string, unknown>[] = [];
  const Failed: Record<string, unknown>[] = [];
  await Promise.all(
    entries.map(async (entry) => {
      try {
        Successful.push({ Id: entry.Id, ...(await run(entry)) });
      } catch (error) {
        if (!(error instanceof SqsError)) throw error;
        Failed.push({ Id: entry.Id, Code: error.name, Message: error.message, SenderFault: true });
      }
    }),
  );
  return { Successful, ...(Failed.length > 0 && { Failed }) };
};

const sendOne = async ({ sqs, queue }: Call, input: Input) => {
  const [sent] = await sqs.send(queue.arn, [readSend(input)]);
  return {
    MessageId: sent?.id,
    MD5OfMessageBody: sent?.bodyMd5,
    ...(sent?.attributesMd5 && { MD5OfMessageAttributes: sent.attributesMd5 }),
  };
};

const sendBatch = (call: Call) => {
  const entries = readBatch(call.input);
  const bytes = entries.reduce(
    (sum, entry) =>
      sum +
      (typeof entry.MessageBody === 'string' ? Buffer.byteLength(entry.MessageBody) : 0) +
      messageBytes('', checkAttributes(entry.MessageAttributes)),
    0,
  );
  if (bytes > maxMessageBytes) {
    throw new SqsError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${maxMessageBytes} bytes. You have sent ${bytes} bytes.`,
    );
  }
  return forEachEntry(entries, (entry) => sendOne(call, entry));
};

/** The system attributes that a received message carries, as strings like all of them. */
export const systemAttributes = (message: ReceivedMessage): Record<string, string> => ({
  ApproximateReceiveCount: String(message.received),
  SentTimestamp: String(message.sentAt),
  SenderId: 'hopgate-local',
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  ...(message.sourceArn && { DeadLetterQueueSourceArn: message.sourceArn }),
});

const wantedAttributes = (message: ReceivedMessage, wanted: string[]): MessageAttributes => {
  const all = JSON.parse(message.attributes ?? '{}') as MessageAttributes;
  if (wanted.includes('All') || wanted.includes('.*')) return all;
  const matches = (name: string): boolean =>
    wanted.some(
      (want) => want === name || (want.endsWith('.*') && name.startsWith(want.slice(0, -2))),
    );
  return Object.fromEntries(Object.entries(all).filter(([name]) => matches(name)));
};

const receive = async ({ sqs, queue, input }: Call) => {
  const visibilitySeconds = integer(input, 'VisibilityTimeout', maxVisibilitySeconds);
  const limit = integer(input, 'MaxNumberOfMessages', 10, 1) ?? 1;
  const waitSeconds = integer(input, 'WaitTimeSeconds', 20) ?? 0;
  const request = { limit, ...(visibilitySeconds !== undefined && { visibilitySeconds }) };
  const messages = await sqs.poll(queue.arn, request, waitSeconds * 1000);
  if (messages.length === 0) return {};
  const wantedSystem = names(input, 'AttributeNames', 'MessageSystemAttributeNames');
  const wanted = names(input, 'MessageAttributeNames');
  const Messages = messages.map((message) => {
    const system = Object.entries(systemAttributes(message)).filter(
      ([name]) => wantedSystem.includes('All') || wantedSystem.includes(name),
    );
    const attributes = wantedAttributes(message, wanted);
    const attributesMd5 = md5OfAttributes(attributes);
    return {
      MessageId: message.id,
      ReceiptHandle: message.receiptHandle,
      MD5OfBody: message.bodyMd5,
      Body: message.body,
      ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
      ...(attributesMd5 && {
        MessageAttributes: attributes,
        MD5OfMessageAttributes: attributesMd5,
      }),
    };
  });
  return { Messages };
};

const remove = async ({ sqs, queue }: Call, input: Input) => {
  await sqs.remove(queue.arn, [text(input, 'ReceiptHandle')]);
  return {};
};

const changeVisibility = async ({ sqs, queue, input }: Call) => {
  const handle = text(input, 'ReceiptHandle');
  const seconds = integer(input, 'VisibilityTimeout', maxVisibilitySeconds);
  if (seconds === undefined) {
    throw new SqsError(
      'MissingParameter',
      'The request must contain the parameter VisibilityTimeout.',
    );
  }
  await sqs.setVisibility(queue.arn, handle, seconds);
  return {};
};

const attributesOfQueue = ({ sqs, queue, input }: Call) => {
  const depth = sqs.depth(queue.arn);
  const all: Record<string, string> = {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(depth.visible),
    ApproximateNumberOfMessagesNotVisible: String(depth.inFlight),
    ApproximateNumberOfMessagesDelayed: String(depth.delayed),
    VisibilityTimeout: String(queue.visibilitySeconds),
    MaximumMessageSize: String(maxMessageBytes),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    DelaySeconds: String(queue.delaySeconds),
    ReceiveMessageWaitTimeSeconds: '0',
    SqsManagedSseEnabled: 'true',
    ...(queue.redrive && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: queue.redrive.deadLetterArn,
        maxReceiveCount: queue.redrive.maxReceiveCount,
      }),
    }),
  };
  const wanted = names(input, 'AttributeNames');
  const unknown = wanted.find(
    (name) => name !== 'All' && !(name in all) && name !== 'RedrivePolicy',
  );
  if (unknown !== undefined) {
    throw new SqsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
  }
  const picked = Object.entries(all).filter(
    ([name]) => wanted.includes('All') || wanted.includes(name),
  );
  return picked.length > 0 ? { Attributes: Object.fromEntries(picked) } : {};
};

const actions: Record<string, (call: Call) => Promise<Input> | Input> = {
  SendMessage: (call) => sendOne(call, call.input),
  SendMessageBatch: sendBatch,
  ReceiveMessage: receive,
  DeleteMessage: (call) => remove(call, call.input),
  DeleteMessageBatch: (call) => forEachEntry(readBatch(call.input), (entry) => remove(call, entry)),
  ChangeMessageVisibility: changeVisibility,
  GetQueueAttributes: attributesOfQueue,
  PurgeQueue: async ({ sqs, queue }) => {
    await sqs.purge(queue.arn);
    return {};
  },
};

/** Runs an action of the JSON protocol; throws SqsError, also for an action that is not there. */
export const runAction = async (
  sqs: Sqs,
  queues: readonly QueueSpec[],
  action: string,
  input: Input,
): Promise<Input> => {
  const missing = new SqsError('QueueDoesNotExist', 'The specified queue does not exist.');
  if (action === 'GetQueueUrl') {
    const name = text(input, 'QueueName');
    const found = queues.find((queue) => queue.name === name);
    if (found === undefined) throw missing;
    return { QueueUrl: found.url };
  }
  const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (run === undefined) {
    throw new SqsError('InvalidAction', `The local cloud has no SQS action ${action}.`);
  }
  const url = text(input, 'QueueUrl');
  const queue = queues.find((each) => each.url === url);
  if (queue === undefined) throw missing;
  return run({ sqs, queue, input });
};
