import { type Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { type IGrantable, type IPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundleHandler, resolveEntry } from './bundle.ts';

/** What all functions of a stage have in common. */
export interface FunctionDefaults {
  readonly logRetention: RetentionDays;
  /** Logs outlive the stack. */
  readonly retain: boolean;
  /** X-Ray. */
  readonly tracing: boolean;
  /** Of the stage's own metrics, apart from other stages of the account. */
  readonly metricsNamespace: string;
  /** Concurrency set aside, by construct id; needs an account with 1,000 or more. */
  readonly reservedConcurrency: Readonly<Record<string, number>>;
}

export interface HandlerFunctionProps {
  /** Path from the project's root of the module that exports `handler`. */
  readonly entry: string;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  /** MB. @default 512 */
  readonly memorySize?: number;
  /** @default INFO */
  readonly logLevel?: 'INFO' | 'WARN';
  readonly defaults: FunctionDefaults;
}

const codeOf = (scope: Construct, entry: string): Code => {
  const source = resolveEntry(entry);
  // As with any asset: nothing is built for a stack that the command does not name.
  if (!Stack.of(scope).bundlingRequired) {
    return Code.fromAsset(source.slice(0, source.lastIndexOf('/')), { assetHash: 'not-bundled' });
  }
  const { directory, hash } = bundleHandler(entry);
  return Code.fromAsset(directory, { assetHash: hash });
};

/** A function on arm64 and Node 24 behind the alias `live`; all its triggers belong on the alias. */
export class HandlerFunction extends Construct implements IGrantable {
  readonly alias: Alias;
  readonly grantPrincipal: IPrincipal;
  private readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    const { defaults, timeout } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: defaults.logRetention,
      removalPolicy: defaults.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    // Lambda's own default role may write to every log group of the account.
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    const reserved = defaults.reservedConcurrency[id];
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: codeOf(this, props.entry),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize ?? 512,
      timeout,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Start, end and report lines would be most of what a redirect writes.
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      tracing: defaults.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      ...(reserved !== undefined && { reservedConcurrentExecutions: reserved }),
      environment: {
        ...props.environment,
        POWERTOOLS_SERVICE_NAME: id,
        POWERTOOLS_LOG_LEVEL: props.logLevel ?? 'INFO',
        POWERTOOLS_METRICS_NAMESPACE: defaults.metricsNamespace,
      },
      // An instant rollback moves the alias to a version that must still be there.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    if (defaults.tracing) {
      Validations.of(role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'X-Ray knows no resource to name: its two actions for segments take only *.',
      });
    }
    this.grantPrincipal = role;
    this.alias = new Alias(this, 'Live', {
      aliasName: 'live',
      version: this.function.currentVersion,
    });
  }

  /** The version that this deployment publishes. */
  get version(): string {
    return this.function.currentVersion.version;
  }

  get functionName(): string {
    return this.function.functionName;
  }
}
