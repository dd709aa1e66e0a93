import { describe, expect, it } from 'vitest';
import { assemblyOf, gatewayEndpoint, type StackFixture } from './assembly-fixture.ts';

const queue = { Type: 'AWS::SQS::Queue' };
const table = {
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: { BillingMode: 'PAY_PER_REQUEST' },
};
const secret = { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'app/lock' } };

/** What `value` resolves to as an output of a stack `Main` that has a queue and a secret. */
const resolved = (value: unknown, others: Record<string, StackFixture> = {}): string =>
  assemblyOf({
    Main: { Resources: { Queue: queue, Lock: secret }, Outputs: { Value: { Value: value } } },
    ...others,
  }).output('Value');

describe('loadAssembly', () => {
  it.each([
    ['Ref of a queue', { Ref: 'Queue' }, `${gatewayEndpoint}/000000000000/Main-Queue`],
    [
      'GetAtt',
      { 'Fn::GetAtt': ['Queue', 'Arn'] },
      'arn:aws:sqs:eu-central-1:000000000000:Main-Queue',
    ],
    ['GetAtt with a dot', { 'Fn::GetAtt': 'Queue.QueueName' }, 'Main-Queue'],
    [
      'pseudo parameters',
      { 'Fn::Join': ['/', [{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }]] },
      'eu-central-1/000000000000',
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
    ['Sub', { 'Fn::Sub': 'a-${AWS::StackName}-${Queue.QueueName}' }, 'a-Main-Main-Queue'],
    [
      'Select of Split',
      { 'Fn::Select': [2, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] },
      'sqs',
    ],
    [
      'a secret by name',
      'x{{resolve:secretsmanager:app/lock:SecretString:::}}y',
      'xvalue-of-Locky',
    ],
    [
      'a secret by its joined ARN',
      { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Lock' }, ':SecretString:::}}']] },
      'value-of-Lock',
    ],
  ])('resolves %s', (_, value, expected) => {
    expect(resolved(value)).toBe(expected);
  });

  it('resolves an output of another stack in that stack and its region', () => {
    const state = {
      region: 'us-east-1',
      Resources: { Table: table },
      Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Table', 'Arn'] } } },
    };
    const reference = {
      'Fn::GetStackOutput': { StackName: 'State', Region: 'us-east-1', OutputName: 'Arn' },
    };
    expect(resolved(reference, { State: state })).toBe(
      'arn:aws:dynamodb:us-east-1:000000000000:table/State-Table',
    );
  });

  it('gives resources with resolved properties, their identity and their construct path', () => {
    const [found] = assemblyOf({
      Main: {
        Resources: {
          Dlq: queue,
          Queue: {
            ...queue,
            Properties: {
              RedrivePolicy: {
                deadLetterTargetArn: { 'Fn::GetAtt': ['Dlq', 'Arn'] },
                maxReceiveCount: 5,
              },
            },
          },
        },
      },
    })
      .ofType('AWS::SQS::Queue')
      .slice(1);
    expect(found).toMatchObject({
      logicalId: 'Queue',
      path: ['Queue'],
      attributes: { QueueName: 'Main-Queue' },
      properties: {
        RedrivePolicy: {
          deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:Main-Dlq',
          maxReceiveCount: 5,
        },
      },
    });
  });

  it('lets inert types be, with any property', () => {
    const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: { Anything: { Ref: 'Nowhere' } } };
    expect(assemblyOf({ Main: { Resources: { Alarm: alarm } } }).ofType('AWS::SQS::Queue')).toEqual(
      [],
    );
  });

  it.each([
    ['an unknown type', { Thing: { Type: 'AWS::S3::Bucket' } }, /AWS::S3::Bucket Thing: its type/],
    [
      'a property without support',
      { Thing: { ...queue, Properties: { FifoQueue: true } } },
      /AWS::SQS::Queue Thing: property FifoQueue/,
    ],
    [
      'a conditional resource',
      { Thing: { ...queue, Condition: 'IsProd' } },
      /AWS::SQS::Queue Thing: Condition/,
    ],
  ])('stops at %s with its type and logical id', (_, Resources, message) => {
    expect(() => assemblyOf({ Main: { Resources } })).toThrow(message);
  });

  it.each([
    ['an unknown intrinsic', { 'Fn::Cidr': [] }, /Fn::Cidr/],
    ['a reference to nothing', { Ref: 'Nowhere' }, /a reference to Nowhere/],
    ['an unknown attribute', { 'Fn::GetAtt': ['Queue', 'Colour'] }, /attribute Colour of Queue/],
    ['an unknown secret', '{{resolve:secretsmanager:other}}', /the secret other/],
    [
      'a JSON key of a secret',
      '{{resolve:secretsmanager:app/lock:SecretString:user::}}',
      /a JSON key/,
    ],
  ])('stops at %s', (_, value, message) => {
    expect(() => resolved(value)).toThrow(message);
  });

  it('stops at a section that could change what the rest means', () => {
    const fixture = { Resources: {}, Transform: 'AWS::Serverless-2016-10-31' };
    expect(() => assemblyOf({ Main: fixture })).toThrow(/stack Main: section Transform/);
  });
});
