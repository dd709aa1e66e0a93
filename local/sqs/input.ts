import { SqsError } from './error.ts';
import {
  checkAttributes,
  checkBody,
  type MessageAttributes,
  maxMessageBytes,
  messageBytes,
} from './message.ts';
import type { SendRequest } from './queue.ts';

export type Input = Record<string, unknown>;

const maxDelaySeconds = 900;

export const integer = (input: Input, name: string, max: number, min = 0): number | undefined => {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (!Number.isInteger(number) || (number as number) < min || (number as number) > max) {
    throw new SqsError(
      'InvalidParameterValue',
      `Value ${String(value)} for parameter ${name} is invalid. Must be ${min} to ${max}.`,
    );
  }
  return number as number;
};

export const text = (input: Input, name: string): string => {
  const value = input[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new SqsError('MissingParameter', `The request must contain the parameter ${name}.`);
};

export const names = (input: Input, ...parameters: string[]): string[] =>
  parameters.flatMap((parameter) => {
    const value = input[parameter];
    return Array.isArray(value) ? value.map(String) : [];
  });

export const readSend = (input: Input): SendRequest & { attributes: MessageAttributes } => {
  const body = checkBody(input.MessageBody);
  const attributes = checkAttributes(input.MessageAttributes);
  if (messageBytes(body, attributes) > maxMessageBytes) {
    throw new SqsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${maxMessageBytes} bytes.`,
    );
  }
  const delaySeconds = integer(input, 'DelaySeconds', maxDelaySeconds);
  return { body, attributes, ...(delaySeconds !== undefined && { delaySeconds }) };
};

export const readBatch = (input: Input): Array<Input & { Id: string }> => {
  const entries = Array.isArray(input.Entries) ? (input.Entries as Input[]) : [];
  if (entries.length === 0) {
    throw new SqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > 10) {
    throw new SqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  const ids = entries.map((entry) => entry?.Id);
  if (!ids.every((id) => typeof id === 'string' && /^[\w-]{1,80}$/.test(id))) {
    throw new SqsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores.',
    );
  }
  if (new Set(ids).size < ids.length) {
    throw new SqsError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
  }
  return entries as Array<Input & { Id: string }>;
};
