import { inertTypes } from './inert-types.ts';
import { UnsupportedError } from './unsupported-error.ts';

export const account = '000000000000';

/** A resource as the template declares it, intrinsics and all. */
export interface Declaration {
  readonly stack: string;
  readonly region: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What `Ref` and `Fn::GetAtt` answer for a resource. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

interface SupportedType {
  /** Properties that the local cloud acts on. */
  readonly used: readonly string[];
  /** Properties without an effect on one machine. */
  readonly inert?: readonly string[];
  /** `property` gives a property of the resource as text, resolved. */
  identify(declaration: Declaration, property: (name: string) => string): Identity;
}

const physicalName = ({ stack, logicalId }: Declaration): string => `${stack}-${logicalId}`;

const arn = (service: string, { region }: Declaration, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

const byLogicalId = ({ logicalId }: Declaration): Identity => ({
  ref: logicalId,
  attributes: { Id: logicalId },
});

/** Queue addresses must lead to the gateway: the SDK takes the host of a QueueUrl as its endpoint. */
const supportedTypes = (gatewayEndpoint: string): Readonly<Record<string, SupportedType>> => ({
  'AWS::DynamoDB::GlobalTable': {
    used: [
      'AttributeDefinitions',
      'BillingMode',
      'KeySchema',
      'Replicas',
      'StreamSpecification',
      'TimeToLiveSpecification',
    ],
    identify: (declaration) => {
      const Arn = arn('dynamodb', declaration, `table/${physicalName(declaration)}`);
      return {
        ref: physicalName(declaration),
        attributes: { Arn, StreamArn: `${Arn}/stream/local` },
      };
    },
  },
  'AWS::SecretsManager::Secret': {
    used: ['GenerateSecretString', 'Name'],
    inert: ['Description', 'ReplicaRegions', 'Tags'],
    identify: (declaration) => {
      const name = declaration.properties.Name ?? physicalName(declaration);
      return { ref: arn('secretsmanager', declaration, `secret:${name}-local0`), attributes: {} };
    },
  },
  'AWS::SQS::Queue': {
    used: ['DelaySeconds', 'MessageRetentionPeriod', 'RedrivePolicy', 'VisibilityTimeout'],
    inert: ['SqsManagedSseEnabled', 'Tags'],
    identify: (declaration) => {
      const QueueName = physicalName(declaration);
      const ref = `${gatewayEndpoint}/${account}/${QueueName}`;
      const Arn = arn('sqs', declaration, QueueName);
      return { ref, attributes: { Arn, QueueName, QueueUrl: ref } };
    },
  },
  'AWS::IAM::Role': {
    used: ['ManagedPolicyArns', 'Policies'],
    inert: ['AssumeRolePolicyDocument', 'Description', 'Tags'],
    identify: (declaration) => {
      const name = physicalName(declaration);
      return { ref: name, attributes: { Arn: `arn:aws:iam::${account}:role/${name}` } };
    },
  },
  'AWS::IAM::Policy': {
    used: ['PolicyDocument', 'Roles'],
    inert: ['PolicyName'],
    identify: byLogicalId,
  },
  'AWS::Lambda::Function': {
    used: [
      'Code',
      'Environment',
      'Handler',
      'MemorySize',
      'ReservedConcurrentExecutions',
      'Role',
      'Runtime',
      'Timeout',
    ],
    inert: ['Architectures', 'Description', 'LoggingConfig', 'Tags', 'TracingConfig'],
    identify: (declaration) => {
      const name = physicalName(declaration);
      return { ref: name, attributes: { Arn: arn('lambda', declaration, `function:${name}`) } };
    },
  },
  'AWS::Lambda::Version': {
    used: ['FunctionName'],
    inert: ['Description'],
    identify: (declaration, property) => ({
      ref: arn('lambda', declaration, `function:${property('FunctionName')}:1`),
      attributes: { Version: '1' },
    }),
  },
  'AWS::Lambda::Alias': {
    used: ['FunctionName', 'FunctionVersion', 'Name'],
    inert: ['Description'],
    identify: (declaration, property) => ({
      ref: arn('lambda', declaration, `function:${property('FunctionName')}:${property('Name')}`),
      attributes: {},
    }),
  },
  'AWS::Lambda::Permission': {
    used: ['Action', 'FunctionName', 'Principal', 'SourceArn'],
    identify: byLogicalId,
  },
  'AWS::Lambda::EventSourceMapping': {
    used: [
      'BatchSize',
      'BisectBatchOnFunctionError',
      'DestinationConfig',
      'Enabled',
      'EventSourceArn',
      'FunctionName',
      'FunctionResponseTypes',
      'MaximumBatchingWindowInSeconds',
      'MaximumRetryAttempts',
      'ParallelizationFactor',
      'ScalingConfig',
      'StartingPosition',
    ],
    inert: ['Tags'],
    identify: byLogicalId,
  },
  'AWS::ApiGatewayV2::Api': {
    used: ['CorsConfiguration', 'ProtocolType'],
    inert: ['Description', 'Name', 'Tags'],
    identify: (declaration) => {
      const id = declaration.logicalId.toLowerCase();
      const ApiEndpoint = `https://${id}.execute-api.${declaration.region}.amazonaws.com`;
      return { ref: id, attributes: { ApiEndpoint, ApiId: id } };
    },
  },
  'AWS::ApiGatewayV2::Integration': {
    used: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
    identify: byLogicalId,
  },
  'AWS::ApiGatewayV2::Route': {
    used: ['ApiId', 'AuthorizationType', 'RouteKey', 'Target'],
    identify: byLogicalId,
  },
  'AWS::ApiGatewayV2::Stage': {
    used: ['ApiId', 'AutoDeploy', 'DefaultRouteSettings', 'StageName'],
    inert: ['AccessLogSettings', 'Description', 'Tags'],
    identify: (_, property) => ({ ref: property('StageName'), attributes: {} }),
  },
  'AWS::CloudFront::Function': {
    used: ['AutoPublish', 'FunctionCode', 'FunctionConfig'],
    inert: ['Name', 'Tags'],
    identify: (declaration) => {
      const FunctionARN = `arn:aws:cloudfront::${account}:function/${declaration.logicalId}`;
      return { ref: FunctionARN, attributes: { FunctionARN } };
    },
  },
  'AWS::CloudFront::CachePolicy': { used: ['CachePolicyConfig'], identify: byLogicalId },
  'AWS::CloudFront::OriginRequestPolicy': {
    used: ['OriginRequestPolicyConfig'],
    identify: byLogicalId,
  },
  'AWS::CloudFront::ResponseHeadersPolicy': {
    used: ['ResponseHeadersPolicyConfig'],
    identify: byLogicalId,
  },
  'AWS::CloudFront::Distribution': {
    used: ['DistributionConfig'],
    inert: ['Tags'],
    identify: ({ logicalId }) => ({
      ref: logicalId,
      attributes: { DomainName: `${logicalId.toLowerCase()}.cloudfront.net`, Id: logicalId },
    }),
  },
});

export interface TypeTable {
  /** @throws UnsupportedError for a type or a property outside the tables above */
  check(declaration: Declaration): void;
  identify(declaration: Declaration, property: (name: string) => string): Identity;
}

export const createTypeTable = (gatewayEndpoint: string): TypeTable => {
  const supported = supportedTypes(gatewayEndpoint);
  return {
    check: (declaration) => {
      const type = supported[declaration.type];
      if (type === undefined) {
        if (Object.hasOwn(inertTypes, declaration.type)) return;
        throw new UnsupportedError(declaration, 'its type is unknown here');
      }
      const known = new Set([...type.used, ...(type.inert ?? [])]);
      for (const name of Object.keys(declaration.properties)) {
        if (!known.has(name)) throw new UnsupportedError(declaration, `property ${name}`);
      }
    },
    identify: (declaration, property) =>
      supported[declaration.type]?.identify(declaration, property) ?? {
        ref: physicalName(declaration),
        attributes: { Arn: arn('inert', declaration, physicalName(declaration)) },
      },
  };
};
