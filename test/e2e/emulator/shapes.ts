import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Aws } from './aws.ts';
import { differ, expectEqual, lacks } from './report.ts';
import type { Resource } from './stacks.ts';

type Check = (aws: Aws, resource: Resource) => Promise<void>;

const table: Check = async ({ dynamo }, { physicalId, properties }) => {
  const named = { TableName: physicalId };
  const { Table } = await dynamo.send(new DescribeTableCommand(named));
  const { TimeToLiveDescription } = await dynamo.send(new DescribeTimeToLiveCommand(named));
  const actual = {
    status: Table?.TableStatus,
    keys: Table?.KeySchema,
    stream: Table?.StreamSpecification?.StreamViewType,
    billing: Table?.BillingModeSummary?.BillingMode,
  };
  expectEqual(`table ${physicalId}`, actual, {
    status: 'ACTIVE',
    keys: properties.KeySchema,
    stream: properties.StreamSpecification?.StreamViewType,
    billing: properties.BillingMode,
  });
  const expiry = properties.TimeToLiveSpecification?.AttributeName;
  const actualExpiry = TimeToLiveDescription?.AttributeName;
  if (expiry !== undefined && actualExpiry === undefined) {
    lacks('expiry: its CloudFormation drops TimeToLiveSpecification of a GlobalTable');
  } else expectEqual(`table ${physicalId}: expiry`, actualExpiry, expiry);
};

const queue: Check = async ({ sqs }, { physicalId, properties }) => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: physicalId, AttributeNames: ['All'] }),
  );
  const redrive = JSON.parse(Attributes.RedrivePolicy ?? '{}');
  const actual = {
    hidden: Number(Attributes.VisibilityTimeout),
    kept: Number(Attributes.MessageRetentionPeriod),
    tries: Number(redrive.maxReceiveCount ?? 0),
    deadLetters: redrive.deadLetterTargetArn !== undefined,
  };
  expectEqual(`queue ${physicalId}`, actual, {
    hidden: properties.VisibilityTimeout ?? 30,
    kept: properties.MessageRetentionPeriod,
    tries: properties.RedrivePolicy?.maxReceiveCount ?? 0,
    deadLetters: properties.RedrivePolicy !== undefined,
  });
};

const lambda: Check = async (aws, { physicalId, properties }) => {
  const actual = await aws.get('lambda', `/2015-03-31/functions/${physicalId}/configuration`);
  const variables = actual.Environment?.Variables ?? {};
  expectEqual(`function ${physicalId}: environment`, Object.keys(variables).sort(), [
    ...Object.keys(properties.Environment.Variables).sort(),
  ]);
  for (const [name, value] of Object.entries(variables)) {
    if (value === '' || /\{\{resolve:|Fn::|\[object/.test(String(value))) {
      differ(`function ${physicalId}: ${name} was not resolved: ${JSON.stringify(value)}`);
    }
  }
  const { Runtime, Handler, Timeout, MemorySize, Architectures } = properties;
  expectEqual(
    `function ${physicalId}`,
    {
      state: actual.State,
      Runtime: actual.Runtime,
      Handler: actual.Handler,
      Timeout: actual.Timeout,
      MemorySize: actual.MemorySize,
      Architectures: actual.Architectures,
    },
    { state: 'Active', Runtime, Handler, Timeout, MemorySize, Architectures },
  );
};

const mapping: Check = async (aws, { physicalId, properties }) => {
  const actual = await aws.get('lambda', `/2015-03-31/event-source-mappings/${physicalId}`);
  const { BatchSize, FunctionResponseTypes, MaximumBatchingWindowInSeconds } = properties;
  expectEqual(
    `mapping ${physicalId} from ${actual.EventSourceArn}`,
    {
      state: actual.State,
      alias: /:live$/.test(actual.FunctionArn),
      source: /^arn:aws:(sqs|dynamodb):/.test(actual.EventSourceArn),
      failures: actual.DestinationConfig?.OnFailure?.Destination !== undefined,
      BatchSize: actual.BatchSize,
      FunctionResponseTypes: actual.FunctionResponseTypes,
      MaximumBatchingWindowInSeconds: actual.MaximumBatchingWindowInSeconds,
    },
    {
      state: 'Enabled',
      alias: true,
      source: true,
      failures: properties.DestinationConfig !== undefined,
      BatchSize,
      FunctionResponseTypes,
      MaximumBatchingWindowInSeconds,
    },
  );
};

const route: Check = async (aws, { physicalId, properties }) => {
  const [apiId, routeId] = physicalId.split('/');
  const api = `/v2/apis/${apiId}`;
  const { routeKey, target } = await aws.get('apigateway', `${api}/routes/${routeId}`);
  expectEqual(`route ${physicalId}`, routeKey, properties.RouteKey);
  const integration = await aws.get('apigateway', `${api}/${target}`);
  expectEqual(
    `route ${routeKey}: integration`,
    {
      type: integration.integrationType,
      payload: integration.payloadFormatVersion,
      alias: /:live$/.test(integration.integrationUri),
    },
    { type: 'AWS_PROXY', payload: '2.0', alias: true },
  );
};

const alias: Check = async (aws, { physicalId }) => {
  const name = physicalId.split(':')[6];
  const actual = await aws.get('lambda', `/2015-03-31/functions/${name}/aliases/live`);
  if (!/^\d+$/.test(actual.FunctionVersion)) {
    differ(`alias ${physicalId} points at version ${actual.FunctionVersion}`);
  }
};

const checks: Readonly<Record<string, Check>> = {
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::SQS::Queue': queue,
  'AWS::Lambda::Function': lambda,
  'AWS::Lambda::Alias': alias,
  'AWS::Lambda::EventSourceMapping': mapping,
  'AWS::ApiGatewayV2::Route': route,
};

/** Compares what runs with what the template says; returns how many of each type. */
export const checkShapes = async (
  aws: Aws,
  resources: readonly Resource[],
): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  const all = resources.map(async (resource) => {
    const check = checks[resource.type];
    if (check === undefined) return;
    const name = resource.type.split('::')[2] ?? '';
    counts[name] = (counts[name] ?? 0) + 1;
    await check(aws, resource).catch((error) => differ(`${resource.logicalId}: ${error}`));
  });
  await Promise.all(all);
  return counts;
};
