import { createHash } from 'node:crypto';
import { SqsError } from './error.ts';

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64, as the JSON protocol carries it. */
  readonly BinaryValue?: string;
}

export type MessageAttributes = Record<string, MessageAttribute>;

/** Raised from 256 KiB by AWS in August 2025; a batch as a whole has the same limit. */
export const maxMessageBytes = 1_048_576;

const attributeName = /^(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/;
const dataType = /^(String|Number|Binary)(\..{1,249})?$/;
// The characters of XML 1.0; a lone surrogate is none of them.
const allowedText = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

const invalid = (message: string): SqsError => new SqsError('InvalidParameterValue', message);

export const md5 = (data: string | Buffer): string => createHash('md5').update(data).digest('hex');

export const checkBody = (body: unknown): string => {
  if (body === undefined || body === null) {
    throw new SqsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  }
  if (typeof body !== 'string') throw invalid('MessageBody must be a string.');
  if (body === '') throw invalid('The request must contain the parameter MessageBody.');
  if (!allowedText.test(body)) {
    throw new SqsError('InvalidMessageContents', 'The message contains characters not allowed.');
  }
  return body;
};

export const checkAttributes = (input: unknown): MessageAttributes => {
  if (input === undefined || input === null) return {};
  if (typeof input !== 'object') throw invalid('MessageAttributes must be a map.');
  const attributes = input as MessageAttributes;
  const names = Object.keys(attributes);
  if (names.length > 10)
    throw invalid('Number of message attributes exceeds the allowed maximum 10.');
  for (const name of names) {
    const attribute = attributes[name];
    if (!attributeName.test(name) || /^(aws|amazon)\./i.test(name)) {
      throw invalid(`The message attribute name '${name}' is invalid.`);
    }
    if (typeof attribute?.DataType !== 'string' || !dataType.test(attribute.DataType)) {
      throw invalid(`The message attribute '${name}' has an invalid message attribute type.`);
    }
    const isBinary = attribute.DataType.startsWith('Binary');
    const value = isBinary ? attribute.BinaryValue : attribute.StringValue;
    if (typeof value !== 'string' || value === '') {
      throw invalid(`The message attribute '${name}' must contain a non-empty value.`);
    }
    if (!isBinary && !allowedText.test(value)) {
      throw invalid(`The message attribute '${name}' contains characters not allowed.`);
    }
    if (attribute.DataType.startsWith('Number') && !Number.isFinite(Number(value))) {
      throw invalid(`Can't cast the value of message attribute '${name}' to a number.`);
    }
  }
  return attributes;
};

const bytesOf = (attribute: MessageAttribute): Buffer =>
  attribute.DataType.startsWith('Binary')
    ? Buffer.from(attribute.BinaryValue ?? '', 'base64')
    : Buffer.from(attribute.StringValue ?? '');

/** Body, and of each attribute its name, type and value. */
export const messageBytes = (body: string, attributes: MessageAttributes): number =>
  Object.entries(attributes).reduce(
    (sum, [name, attribute]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(attribute.DataType) +
      bytesOf(attribute).length,
    Buffer.byteLength(body),
  );

/** The digest SQS documents: each part with its length in four bytes, names in order. */
export const attributesMd5 = (attributes: MessageAttributes): string | null => {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return null;
  const sized = (data: Buffer): Buffer[] => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return [length, data];
  };
  const parts = names.flatMap((name) => {
    const attribute = attributes[name];
    if (attribute === undefined) return [];
    const kind = Buffer.from([attribute.DataType.startsWith('Binary') ? 2 : 1]);
    return [
      ...sized(Buffer.from(name)),
      ...sized(Buffer.from(attribute.DataType)),
      kind,
      ...sized(bytesOf(attribute)),
    ];
  });
  return md5(Buffer.concat(parts));
};
