/** What runs in a function's worker thread: Lambda's runtime, one invocation at a time. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, Invocation, WorkerSetup } from './function-worker.ts';

type Handler = (event: unknown, context: object) => unknown;

const port = parentPort;
if (port === null) throw new Error('This module runs in a worker thread only');
const setup: WorkerSetup = workerData;
const send = (message: FromWorker): void => port.postMessage(message);

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

const sendFailure = (kind: 'failed' | 'init-failed', error: unknown): void => {
  const { name, message, stack } =
    error instanceof Error ? error : named('Error', JSON.stringify(error) ?? String(error));
  console.error(stack ?? message);
  send({ kind, errorType: name, errorMessage: message });
};

const loadHandler = async (): Promise<Handler> => {
  const [file = '', exported = ''] = setup.handler.split('.');
  const path = ['.mjs', '.js']
    .map((extension) => join(setup.directory, file + extension))
    .find(existsSync);
  if (path === undefined) {
    throw named('Runtime.ImportModuleError', `Cannot find module '${file}'`);
  }
  const handler = (await import(pathToFileURL(path).href))[exported];
  if (typeof handler !== 'function') {
    throw named('Runtime.HandlerNotFound', `${setup.handler} is undefined or not exported`);
  }
  return handler;
};

const invoke = async (handler: Handler, { requestId, event, deadline }: Invocation) => {
  const context = {
    ...setup.context,
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    send({ kind: 'done', payload: JSON.stringify(await handler(JSON.parse(event), context)) });
  } catch (error) {
    sendFailure('failed', error);
  }
};

try {
  const handler = await loadHandler();
  port.on('message', (invocation: Invocation) => void invoke(handler, invocation));
  send({ kind: 'ready' });
} catch (error) {
  sendFailure('init-failed', error);
}
