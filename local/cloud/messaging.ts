import type { EventSourceSpec } from '../event-sources.ts';
import type { Authorize } from '../iam.ts';
import type { FunctionSpec } from '../lambda.ts';
import type { QueueSpec } from '../sqs.ts';
import { UnsupportedError } from '../template/unsupported-error.ts';
import type { Assembly, Resource } from '../template.ts';

export interface NamedQueue extends QueueSpec {
  /** Construct id. */
  readonly id: string;
}

/** The queues of the template; what is left out has SQS's defaults. */
export const readQueues = (assembly: Assembly): NamedQueue[] =>
  assembly.ofType('AWS::SQS::Queue').map(({ attributes, logicalId, path, properties, ref }) => {
    const redrive = properties.RedrivePolicy as
      | { deadLetterTargetArn: string; maxReceiveCount: number }
      | undefined;
    return {
      id: path.at(-1) ?? logicalId,
      name: attributes.QueueName ?? '',
      arn: attributes.Arn ?? '',
      url: ref,
      visibilitySeconds: Number(properties.VisibilityTimeout ?? 30),
      retentionSeconds: Number(properties.MessageRetentionPeriod ?? 345_600),
      delaySeconds: Number(properties.DelaySeconds ?? 0),
      ...(redrive && {
        redrive: {
          deadLetterArn: redrive.deadLetterTargetArn,
          maxReceiveCount: Number(redrive.maxReceiveCount),
        },
      }),
    };
  });

interface MappingProperties {
  readonly BatchSize?: number;
  readonly BisectBatchOnFunctionError?: boolean;
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination: string } };
  readonly Enabled?: boolean;
  readonly EventSourceArn: string;
  readonly FunctionName: string;
  readonly FunctionResponseTypes?: readonly string[];
  readonly MaximumBatchingWindowInSeconds?: number;
  readonly MaximumRetryAttempts?: number;
  readonly ParallelizationFactor?: number;
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number };
  readonly StartingPosition?: string;
}

const readMapping = (resource: Resource): EventSourceSpec => {
  const properties = resource.properties as unknown as MappingProperties;
  const service = properties.EventSourceArn.split(':')[2];
  if (service !== 'sqs' && service !== 'dynamodb') {
    throw new UnsupportedError(resource, `events of ${service}`);
  }
  const {
    BisectBatchOnFunctionError: bisect,
    DestinationConfig: { OnFailure } = {},
    MaximumRetryAttempts: maximumRetryAttempts,
    ParallelizationFactor: parallelizationFactor,
    ScalingConfig: { MaximumConcurrency: maximumConcurrency } = {},
    StartingPosition: startingPosition,
  } = properties;
  return {
    logicalId: resource.logicalId,
    functionTarget: properties.FunctionName,
    sourceArn: properties.EventSourceArn,
    kind: service,
    batchSize: properties.BatchSize ?? (service === 'sqs' ? 10 : 100),
    windowSeconds: properties.MaximumBatchingWindowInSeconds ?? 0,
    reportBatchItemFailures:
      properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    enabled: properties.Enabled ?? true,
    ...(bisect !== undefined && { bisect }),
    ...(maximumConcurrency !== undefined && { maximumConcurrency }),
    ...(maximumRetryAttempts !== undefined && { maximumRetryAttempts }),
    ...(OnFailure && { onFailureArn: OnFailure.Destination }),
    ...(parallelizationFactor !== undefined && { parallelizationFactor }),
    ...(startingPosition !== undefined && { startingPosition }),
  };
};

/** What Lambda does to a source in the name of the function's role. */
const pollingActions = {
  sqs: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  dynamodb: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
};

/** @throws UnsupportedError where AWS would refuse the mapping for want of a right */
export const readEventSources = (
  assembly: Assembly,
  functions: readonly FunctionSpec[],
  authorize: Authorize,
): EventSourceSpec[] =>
  assembly.ofType('AWS::Lambda::EventSourceMapping').map((resource) => {
    const spec = readMapping(resource);
    const target = functions.find(({ name }) => spec.functionTarget.split(':').includes(name));
    if (target === undefined) {
      throw new UnsupportedError(resource, `unknown function ${spec.functionTarget}`);
    }
    const needed = pollingActions[spec.kind].map((action) => [action, spec.sourceArn] as const);
    const reporting = spec.onFailureArn ? [['sqs:SendMessage', spec.onFailureArn] as const] : [];
    for (const [action, source] of [...needed, ...reporting]) {
      if (authorize(target.roleArn, action, source) !== 'allowed') {
        throw new UnsupportedError(resource, `${target.id} has no right to ${action} on ${source}`);
      }
    }
    return spec;
  });
