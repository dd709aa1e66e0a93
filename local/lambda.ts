import { join } from 'node:path';
import type { Account, CallLog } from './aws-gateway/calls.ts';
import {
  type FunctionSpec,
  type FunctionWorker,
  type Outcome,
  startFunctionWorker,
} from './lambda/function-worker.ts';
import { UnsupportedError } from './template/unsupported-error.ts';
import type { Assembly } from './template.ts';

export type { FunctionSpec, Outcome } from './lambda/function-worker.ts';

/** Whoever makes an AWS call: a function's worker, and what it is working for. */
export interface Caller extends Account {
  readonly spec: FunctionSpec;
  kill(): Promise<void>;
}

export interface Lambda {
  /** `target` is a name or an ARN, with a qualifier or without. */
  invoke(target: string, event: unknown): Promise<Outcome>;
  caller(accessKeyId: string): Caller | undefined;
  /** Resolves once no invocation runs or waits for a worker. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface LambdaOptions {
  readonly functions: readonly FunctionSpec[];
  /** Where the functions' AWS clients are sent. */
  readonly endpoint: string;
  readonly calls: CallLog;
  readonly log: (functionId: string, line: string) => void;
  /** Workers of a function at the same time, unless it reserves its own number. @default 4 */
  readonly maxWorkers?: number;
}

/** The functions of the template, with the assets that the synthesis built. */
export const readFunctions = (assembly: Assembly): FunctionSpec[] =>
  assembly.ofType('AWS::Lambda::Function').map((resource) => {
    const { properties, path } = resource;
    const { S3Key } = properties.Code as { S3Key?: string };
    if (S3Key === undefined) throw new UnsupportedError(resource, 'code that is no asset');
    if (!String(properties.Runtime).startsWith('nodejs')) {
      throw new UnsupportedError(resource, `Runtime ${properties.Runtime}`);
    }
    const { Variables = {} } = (properties.Environment ?? {}) as {
      Variables?: Record<string, string>;
    };
    const reserved = properties.ReservedConcurrentExecutions;
    return {
      id: path.filter((id) => id !== 'Function').at(-1) ?? resource.logicalId,
      name: resource.ref,
      arn: resource.attributes.Arn ?? '',
      roleArn: String(properties.Role),
      directory: join(assembly.directory, `asset.${S3Key.replace(/\.zip$/, '')}`),
      handler: String(properties.Handler),
      environment: Variables,
      timeoutSeconds: Number(properties.Timeout ?? 3),
      memoryMb: Number(properties.MemorySize ?? 128),
      ...(reserved !== undefined && { reservedConcurrency: Number(reserved) }),
    };
  });

/** Throttled as Lambda does it, where a function reserves less than is asked of it. */
const throttled: Outcome = {
  ok: false,
  errorType: 'TooManyRequestsException',
  errorMessage: 'Rate Exceeded.',
};

interface PooledWorker {
  readonly worker: FunctionWorker;
  readonly accessKeyId: string;
  route: string | undefined;
}

const createPool = (
  spec: FunctionSpec,
  options: LambdaOptions,
  workers: Map<string, PooledWorker & { readonly spec: FunctionSpec }>,
) => {
  const limit = spec.reservedConcurrency ?? options.maxWorkers ?? 4;
  const idle: PooledWorker[] = [];
  const waiting: ((worker: PooledWorker) => void)[] = [];
  let started = 0;
  let alive = 0;

  const start = (): PooledWorker => {
    const accessKeyId = `${spec.id}.${++started}`;
    alive++;
    const worker = startFunctionWorker(spec, {
      endpoint: options.endpoint,
      accessKeyId,
      log: (line) => options.log(spec.id, line),
      onEnd: () => {
        workers.delete(accessKeyId);
        const place = idle.indexOf(pooled);
        if (place >= 0) idle.splice(place, 1);
        alive--;
        waiting.shift()?.(start());
      },
    });
    const pooled = { worker, accessKeyId, spec, route: undefined };
    workers.set(accessKeyId, pooled);
    return pooled;
  };
  const acquire = (): PooledWorker | Promise<PooledWorker> => {
    const free = idle.pop();
    if (free) return free;
    if (alive < limit) return start();
    return new Promise((resolve) => waiting.push(resolve));
  };
  const release = (pooled: PooledWorker): void => {
    pooled.route = undefined;
    if (!pooled.worker.isUsable()) return;
    const next = waiting.shift();
    if (next) next(pooled);
    else idle.push(pooled);
  };

  return async (event: unknown, route: string): Promise<Outcome> => {
    const isFull = idle.length === 0 && alive >= limit;
    if (isFull && spec.reservedConcurrency !== undefined) return throttled;
    const pooled = await acquire();
    pooled.route = route;
    const outcome = await pooled.worker.run(event);
    release(pooled);
    if (!outcome.ok) options.log(spec.id, `${outcome.errorType}: ${outcome.errorMessage}`);
    return outcome;
  };
};

/** What an event is counted under: the route it came by, else the function. */
const routeOf = (event: unknown, spec: FunctionSpec): string => {
  const { routeKey } = (event ?? {}) as { routeKey?: unknown };
  return typeof routeKey === 'string' ? routeKey : spec.id;
};

/** `name`, `name:live`, or either as an ARN. */
const functionName = (target: string): string | undefined =>
  target.startsWith('arn:') ? target.split(':')[6] : target.split(':')[0];

/** Lambda: every function in worker threads of its own, one invocation at a time in each. */
export const startLambda = (options: LambdaOptions): Lambda => {
  const workers = new Map<string, PooledWorker & { readonly spec: FunctionSpec }>();
  const pools = new Map(
    options.functions.map((spec) => [spec.name, { spec, run: createPool(spec, options, workers) }]),
  );
  const idlers: (() => void)[] = [];
  let inFlight = 0;

  return {
    invoke: async (target, event) => {
      const pool = pools.get(functionName(target) ?? '');
      if (pool === undefined) throw new Error(`No function of the template is ${target}`);
      const { spec, run } = pool;
      const route = routeOf(event, spec);
      inFlight++;
      try {
        const outcome = await run(event, route);
        options.calls.invoked({ function: spec.id, route }, outcome);
        return outcome;
      } finally {
        inFlight--;
        if (inFlight === 0) for (const resolve of idlers.splice(0)) resolve();
      }
    },
    caller: (accessKeyId) => {
      const pooled = workers.get(accessKeyId);
      if (pooled === undefined) return undefined;
      const { spec, route = spec.id, worker } = pooled;
      return { spec, function: spec.id, route, kill: worker.kill };
    },
    idle: async () => {
      if (inFlight > 0) await new Promise<void>((resolve) => idlers.push(resolve));
    },
    stop: async () => {
      // Each that ends makes room for an invocation that waits, until none does.
      while (workers.size > 0) {
        await Promise.all([...workers.values()].map(({ worker }) => worker.kill()));
      }
    },
  };
};
