import { createHash } from 'node:crypto';
import { StoreThrottled } from '../limit-store.ts';

interface ScriptOptions {
  keys: string[];
  arguments: string[];
}

interface ScriptCommands {
  eval(script: string, options: ScriptOptions): Promise<unknown>;
  evalSha(sha1: string, options: ScriptOptions): Promise<unknown>;
}

interface CommandOptions {
  abortSignal: AbortSignal;
  timeout: number;
}

/** What is used of a client of `@redis/client`: a single one, a pool, a sentinel or a cluster. */
export interface RedisClient extends ScriptCommands {
  withCommandOptions(options: CommandOptions): ScriptCommands;
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error ? /^[A-Z]+(?= )/.exec(error.message)?.[0] : undefined;

/**
 * Answers of a server that is up and says at once that it cannot take this write: a script of
 * somebody else runs too long, or memory is full (refusals, which write nothing, still come
 * through). A server that is LOADING, a replica (READONLY), a cluster that is down are faults.
 */
const throttles: Readonly<Record<string, string>> = {
  BUSY: 'Redis is busy with a long script: see SCRIPT KILL, and what else uses this server',
  OOM: 'Redis has used up its maxmemory: raise it, or use fewer keys',
};

const faultOf = (error: unknown): unknown => {
  const throttle = throttles[codeOf(error) ?? ''];
  return throttle === undefined ? error : new StoreThrottled(throttle, { cause: error });
};

/** Rejects as soon as the signal is aborted, also where a command is sent and not answered yet. */
const heed = <T>(signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> => {
  if (signal === undefined) return call();
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    call()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
};

export type RunScript = (
  key: string,
  args: string[],
  signal: AbortSignal | undefined,
) => Promise<unknown>;

/**
 * Runs a script by its digest: one round trip, and a second one with the text only where the server
 * does not have the script (any more), and so has not run it. A signal also takes a command back
 * that waits for a connection, and takes the place of the client's `timeout`.
 * @throws StoreThrottled, or what the client throws
 */
export const createScriptRunner = (client: RedisClient, script: string): RunScript => {
  const digest = createHash('sha1').update(script).digest('hex');
  return (key, args, signal) =>
    heed(signal, async () => {
      // The signal bounds the call: without the client's own timer, which it starts for each command.
      const options = signal && { abortSignal: signal, timeout: 0 };
      const commands = options ? client.withCommandOptions(options) : client;
      const input = { keys: [key], arguments: args };
      try {
        return await commands.evalSha(digest, input);
      } catch (error) {
        if (codeOf(error) !== 'NOSCRIPT') throw faultOf(error);
      }
      signal?.throwIfAborted();
      try {
        return await commands.eval(script, input);
      } catch (error) {
        throw faultOf(error);
      }
    });
};
