import { SqsError } from './error.ts';
import type { StoredMessage } from './store.ts';

/** Names one delivery: a later one of the same message makes it void. */
interface Receipt {
  seq: number;
  received: number;
}

export const formatReceipt = (message: StoredMessage): string =>
  Buffer.from(`${message.seq}.${message.received}.${message.id}`).toString('base64url');

export const parseReceipt = (handle: string): Receipt => {
  const match = /^(\d{1,15})\.(\d{1,9})\.[\w-]{36}$/.exec(
    Buffer.from(handle, 'base64url').toString(),
  );
  if (match === null) {
    throw new SqsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
  }
  return { seq: Number(match[1]), received: Number(match[2]) };
};
