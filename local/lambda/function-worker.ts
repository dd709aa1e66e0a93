import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';

/** A function of the template, ready to run. */
export interface FunctionSpec {
  /** Construct id. */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Of the built asset. */
  readonly directory: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly reservedConcurrency?: number;
}

export type Outcome =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly errorType: string; readonly errorMessage: string };

export interface WorkerSetup {
  readonly directory: string;
  readonly handler: string;
  readonly context: Readonly<Record<string, string>>;
}

export interface Invocation {
  readonly requestId: string;
  /** JSON, as Lambda passes it. */
  readonly event: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
}

export type FromWorker =
  | { readonly kind: 'ready' }
  /** JSON; undefined where the handler answered nothing. */
  | { readonly kind: 'done'; readonly payload: string | undefined }
  | {
      readonly kind: 'failed' | 'init-failed';
      readonly errorType: string;
      readonly errorMessage: string;
    };

export interface FunctionWorker {
  /** One at a time. */
  run(event: unknown): Promise<Outcome>;
  /** False once it is gone or about to be. */
  isUsable(): boolean;
  /** Ends it in the middle of whatever it does, as a lost machine would. */
  kill(): Promise<void>;
}

const initLimitMs = 10_000;
const answerLimitBytes = 6_291_556;
const region = (arn: string): string => arn.split(':')[3] ?? '';

const environmentOf = (spec: FunctionSpec, endpoint: string, accessKeyId: string) => ({
  ...spec.environment,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL: endpoint,
  // Nothing of the developer's own account gets in.
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_REGION: region(spec.arn),
  AWS_DEFAULT_REGION: region(spec.arn),
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: spec.name,
  AWS_LAMBDA_FUNCTION_VERSION: '1',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  TZ: ':UTC',
});

/** Starts one execution environment. `onEnd` is called once, when it is gone for whatever reason. */
export const startFunctionWorker = (
  spec: FunctionSpec,
  options: {
    readonly endpoint: string;
    readonly accessKeyId: string;
    readonly log: (line: string) => void;
    readonly onEnd: () => void;
  },
): FunctionWorker => {
  const { log, onEnd } = options;
  const thread = new Worker(new URL('./worker-thread.ts', import.meta.url), {
    workerData: {
      directory: spec.directory,
      handler: spec.handler,
      context: {
        functionName: spec.name,
        functionVersion: '1',
        invokedFunctionArn: spec.arn,
        memoryLimitInMB: String(spec.memoryMb),
        logGroupName: `/aws/lambda/${spec.name}`,
        logStreamName: options.accessKeyId,
      },
    } satisfies WorkerSetup,
    env: environmentOf(spec, options.endpoint, options.accessKeyId),
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: spec.memoryMb },
    stdout: true,
    stderr: true,
  });
  for (const stream of [thread.stdout, thread.stderr]) {
    createInterface({ input: stream }).on('line', log);
  }

  let answer: ((message: FromWorker) => void) | undefined;
  let fault: FromWorker | undefined;
  const received: FromWorker[] = [];
  const next = (): Promise<FromWorker> => {
    const waiting = received.shift();
    if (waiting) return Promise.resolve(waiting);
    return new Promise((resolve) => {
      answer = resolve;
    });
  };
  const receive = (message: FromWorker): void => {
    if (answer) answer(message);
    else received.push(message);
    answer = undefined;
  };
  thread.on('message', receive);
  thread.on('error', (error: Error & { code?: string }) => {
    log(error.stack ?? error.message);
    const errorType =
      error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
    fault = { kind: 'failed', errorType, errorMessage: error.message };
  });
  thread.on('exit', (code) => {
    isEnding = true;
    const errorMessage = `Runtime exited: exit status ${code}`;
    receive(fault ?? { kind: 'failed', errorType: 'Runtime.ExitError', errorMessage });
    onEnd();
  });

  let isEnding = false;
  const kill = async (): Promise<void> => {
    isEnding = true;
    await thread.terminate();
  };
  const limited = async (limitMs: number, requestId: string): Promise<FromWorker> => {
    const timer = setTimeout(() => {
      fault = {
        kind: 'failed',
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(limitMs / 1000).toFixed(2)} seconds`,
      };
      void kill();
    }, limitMs);
    const message = await next();
    clearTimeout(timer);
    return message;
  };

  let isReady = false;
  const run = async (event: unknown): Promise<Outcome> => {
    const requestId = randomUUID();
    if (!isReady) {
      const message = await limited(initLimitMs, requestId);
      if (message.kind !== 'ready') return failureOf(message);
      isReady = true;
    }
    const limitMs = spec.timeoutSeconds * 1000;
    const deadline = Date.now() + limitMs;
    thread.postMessage({ requestId, event: JSON.stringify(event), deadline } satisfies Invocation);
    return failureOf(await limited(limitMs, requestId));
  };
  const failureOf = (message: FromWorker): Outcome => {
    if (message.kind === 'done') {
      const { payload } = message;
      if (payload === undefined) return { ok: true, payload: null };
      if (Buffer.byteLength(payload) <= answerLimitBytes) {
        return { ok: true, payload: JSON.parse(payload) };
      }
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${answerLimitBytes} bytes).`;
      return { ok: false, errorType: 'Function.ResponseSizeTooLarge', errorMessage };
    }
    if (message.kind === 'ready') throw new Error('A worker was ready twice');
    if (message.kind === 'init-failed') void kill();
    return { ok: false, errorType: message.errorType, errorMessage: message.errorMessage };
  };

  return { run, isUsable: () => !isEnding, kill };
};
