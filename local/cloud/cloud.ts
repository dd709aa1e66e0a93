import type { KeyLimits } from '../../functions/limiter/index.ts';
import type { CallLog } from '../aws-gateway/calls.ts';
import type { FaultRule, Faults } from '../aws-gateway/faults.ts';
import type { OriginResponse } from '../http-api.ts';

export interface CloudOptions {
  /** @default 0, a free one */
  readonly port?: number;
  /** Where everything is kept. @default .hopgate */
  readonly dataDir?: string;
  /** Keeps nothing; `dataDir` is then without meaning. */
  readonly memory?: boolean;
  /** A cloud assembly to run. @default the app's own, synthesized with `context` */
  readonly assemblyDir?: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly faults?: readonly FaultRule[];
  /** After which a message of a failed batch shows again. @default its queue's visibility timeout */
  readonly retrySeconds?: number;
  /** Functions' output goes to standard error instead of the data folder's `functions.log`. */
  readonly verbose?: boolean;
  /** Told if the cloud cannot go on. */
  readonly onLoss?: (reason: string) => void;
}

export interface OriginCall {
  readonly method: string;
  readonly path: string;
  /** Sent as CloudFront would send it. @default none */
  readonly originSecret?: string;
}

/** The whole template, running in this process. */
export interface Cloud {
  readonly url: string;
  /** A development key that may do everything in the workspace `main`. */
  readonly key: string;
  /** Where AWS clients are answered. */
  readonly awsEndpoint: string;
  readonly calls: CallLog;
  readonly faults: Faults;
  /** Route keys of the HTTP API. */
  routes(): string[];
  /** Calls the HTTP API past the distribution. */
  callOrigin(call: OriginCall): Promise<OriginResponse>;
  /** Makes a key of another workspace. */
  createKey(workspace: string): Promise<string>;
  /** Gives every key of a workspace other limits than the stage's; known in 30 s, or when it is new. */
  limitKeys(workspace: string, limits: KeyLimits): Promise<void>;
  /** Lets a function's queue or streams wait; without an id, those of all. */
  pause(functionId?: string): void;
  resume(functionId?: string): void;
  /** Resolves once nothing runs, every queue with a consumer is empty and every stream is read. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}
