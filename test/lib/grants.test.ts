import { describe, expect, it } from 'vitest';
import { permissionsOf } from './permissions.ts';
import { resourcesOf, synthesize } from './synthesized.ts';

const dynamo = (...names: string[]) => names.map((name) => `dynamodb:${name}`);
const onShards = (actions: string[], suffix = '') =>
  Object.fromEntries([0, 1, 2, 3].map((shard) => [`Links${shard}${suffix}`, actions]));

const logs = { logs: ['logs:CreateLogStream', 'logs:PutLogEvents'] };
const api = { ...logs, Control: dynamo('GetItem'), Limits: dynamo('GetItem', 'UpdateItem') };
const readStream = dynamo('DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams');
const giveUp = { StreamDlq: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'] };

/** All that a function may do. A new line here is a decision, not a chore. */
const expected = {
  LinksRedirect: {
    ...logs,
    ...onShards(dynamo('GetItem')),
    Control: dynamo('GetItem'),
    AnalyticsClickQueue: ['sqs:SendMessage'],
  },
  LinksLinksApi: {
    ...api,
    ...onShards(dynamo('GetItem', 'PutItem', 'UpdateItem')),
    LinkIndex: dynamo('Query'),
  },
  LinksLinkProjector: {
    ...logs,
    ...onShards(readStream, ' stream'),
    LinkIndex: dynamo('PutItem'),
    ...giveUp,
  },
  AnalyticsStatsApi: {
    ...api,
    ...onShards(dynamo('GetItem')),
    Counts: dynamo('GetItem', 'Query'),
  },
  AnalyticsClickConsumer: {
    ...logs,
    Segments: dynamo('PutItem'),
    AnalyticsClickQueue: [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage',
    ],
  },
  AnalyticsCompactor: {
    ...logs,
    Segments: dynamo('Query'),
    'Segments stream': readStream,
    Counts: dynamo('GetItem', 'PutItem', 'Query', 'UpdateItem'),
    ...giveUp,
  },
  LimitsLimitsApi: {
    ...logs,
    Control: dynamo('DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
    Limits: dynamo('DeleteItem', 'GetItem', 'UpdateItem'),
  },
  HealthHealthApi: {
    ...api,
    ...onShards(dynamo('GetItem')),
    LinkIndex: dynamo('GetItem'),
    Segments: dynamo('GetItem'),
    Counts: dynamo('GetItem'),
    AnalyticsClickQueue: ['sqs:GetQueueAttributes'],
  },
};

describe('grants', () => {
  const made = synthesize('dev');
  const permissions = permissionsOf(made);

  it('are given to no other role', () => {
    expect(Object.keys(permissions).sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('let %s do this and nothing else', (role, grants) => {
    expect(permissions[role]).toEqual(grants);
  });

  it('come from no managed policy but that of CodeDeploy', () => {
    const managed = Object.values(resourcesOf(made.service, 'AWS::IAM::Role')).flatMap(
      (role) => role.Properties.ManagedPolicyArns ?? [],
    );
    for (const arn of managed) {
      expect(JSON.stringify(arn)).toContain('AWSCodeDeployRoleForLambdaLimited');
    }
  });
});
