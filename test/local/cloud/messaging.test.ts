import { describe, expect, it } from 'vitest';
import { readEventSources, readQueues } from '../../../local/cloud/messaging.ts';
import { createAuthorizer } from '../../../local/iam.ts';
import { readFunctions } from '../../../local/lambda.ts';
import { assemblyOf, gatewayEndpoint } from '../assembly-fixture.ts';

const queueArn = 'arn:aws:sqs:eu-central-1:000000000000:Main-Queue';
const resources = (actions: string[], mapping: Record<string, unknown> = {}) => ({
  Queue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      VisibilityTimeout: 180,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': ['Dlq', 'Arn'] },
        maxReceiveCount: 5,
      },
    },
  },
  Dlq: { Type: 'AWS::SQS::Queue' },
  Role: { Type: 'AWS::IAM::Role', Properties: {} },
  Policy: {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyDocument: { Statement: { Effect: 'Allow', Action: actions, Resource: '*' } },
      Roles: [{ Ref: 'Role' }],
    },
  },
  Fn: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Key: 'abc.zip' },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    },
  },
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      FunctionName: { 'Fn::Join': [':', [{ Ref: 'Fn' }, 'live']] },
      ...mapping,
    },
  },
});
const polling = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const read = (actions: string[], mapping?: Record<string, unknown>) => {
  const assembly = assemblyOf({ Main: { Resources: resources(actions, mapping) } });
  const functions = readFunctions(assembly);
  const roles = functions.map(({ roleArn }) => roleArn);
  return readEventSources(assembly, functions, createAuthorizer(assembly, roles));
};

describe('readQueues', () => {
  it('gives each queue its address, its limits and where failures go', () => {
    const assembly = assemblyOf({ Main: { Resources: resources(polling) } });
    expect(readQueues(assembly)).toEqual([
      {
        id: 'Queue',
        name: 'Main-Queue',
        arn: queueArn,
        url: `${gatewayEndpoint}/000000000000/Main-Queue`,
        visibilitySeconds: 180,
        retentionSeconds: 345_600,
        delaySeconds: 0,
        redrive: { deadLetterArn: queueArn.replace('Queue', 'Dlq'), maxReceiveCount: 5 },
      },
      expect.objectContaining({ id: 'Dlq', visibilitySeconds: 30 }),
    ]);
  });
});

describe('readEventSources', () => {
  it("reads a mapping with Lambda's defaults", () => {
    expect(read(polling)).toEqual([
      {
        logicalId: 'Mapping',
        functionTarget: 'Main-Fn:live',
        sourceArn: queueArn,
        kind: 'sqs',
        batchSize: 10,
        windowSeconds: 0,
        reportBatchItemFailures: false,
        enabled: true,
      },
    ]);
  });

  it('reads what the mapping sets', () => {
    const [source] = read(polling, {
      BatchSize: 1000,
      MaximumBatchingWindowInSeconds: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 7 },
    });
    expect(source).toMatchObject({
      batchSize: 1000,
      windowSeconds: 5,
      reportBatchItemFailures: true,
      maximumConcurrency: 7,
    });
  });

  it('stops where the role may not read the source, as AWS would', () => {
    expect(() => read(polling.slice(1))).toThrow(
      /Fn has no right to sqs:ReceiveMessage on .*Main-Queue/,
    );
  });
});
