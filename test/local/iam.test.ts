import { describe, expect, it } from 'vitest';
import { createAuthorizer, denialMessage } from '../../local/iam.ts';
import { assemblyOf } from './assembly-fixture.ts';

const roleArn = 'arn:aws:iam::000000000000:role/Main-Role';
const table = 'arn:aws:dynamodb:eu-central-1:000000000000:table/Main-Table';

const assemblyWith = (statements: unknown[], role: Record<string, unknown> = {}) =>
  assemblyOf({
    Main: {
      Resources: {
        Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {}, ...role } },
        Table: { Type: 'AWS::DynamoDB::GlobalTable', Properties: {} },
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: {
            PolicyDocument: { Version: '2012-10-17', Statement: statements },
            Roles: [{ Ref: 'Role' }],
          },
        },
      },
    },
  });

const authorizerOf = (...statements: unknown[]) => {
  const authorize = createAuthorizer(assemblyWith(statements), [roleArn]);
  return (action: string, resource = table) => authorize(roleArn, action, resource);
};
const allow = (Action: unknown, Resource: unknown = { 'Fn::GetAtt': ['Table', 'Arn'] }) => ({
  Effect: 'Allow',
  Action,
  Resource,
});

describe('createAuthorizer', () => {
  it('allows the action on the resource and nothing else', () => {
    const authorize = authorizerOf(allow('dynamodb:GetItem'));
    expect(authorize('dynamodb:GetItem')).toBe('allowed');
    expect(authorize('dynamodb:PutItem')).toBe('denied');
    expect(authorize('dynamodb:GetItem', `${table}2`)).toBe('denied');
    expect(authorize('dynamodb:GetItem', `${table}/index/by-tag`)).toBe('denied');
  });

  it('compares actions without case and resources with it', () => {
    const authorize = authorizerOf(allow('DynamoDB:getitem'));
    expect(authorize('dynamodb:GetItem')).toBe('allowed');
    expect(authorize('dynamodb:GetItem', table.replace('Table', 'TABLE'))).toBe('denied');
  });

  it('reads wildcards in actions and resources', () => {
    const authorize = authorizerOf(
      allow('dynamodb:Get*'),
      allow(['dynamodb:Query', 'dynamodb:Sca?'], `${table}/index/*`),
    );
    expect(authorize('dynamodb:GetRecords')).toBe('allowed');
    expect(authorize('dynamodb:Query')).toBe('denied');
    expect(authorize('dynamodb:Query', `${table}/index/by-tag`)).toBe('allowed');
    expect(authorize('dynamodb:Scan', `${table}/index/by-tag`)).toBe('allowed');
    expect(authorize('dynamodb:Scann', `${table}/index/by-tag`)).toBe('denied');
  });

  it('takes no other character of a resource for a pattern', () => {
    expect(authorizerOf(allow('a:b', 'a.c+'))('a:b', 'abcc')).toBe('denied');
  });

  it('lets a Deny win over every Allow', () => {
    const authorize = authorizerOf(allow('*', '*'), {
      Effect: 'Deny',
      Action: 'dynamodb:DeleteItem',
      Resource: '*',
    });
    expect(authorize('dynamodb:GetItem')).toBe('allowed');
    expect(authorize('dynamodb:DeleteItem')).toBe('explicitly-denied');
  });

  it('counts inline policies and knows that the logging policy grants nothing else', () => {
    const role = {
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
      Policies: [
        { PolicyName: 'inline', PolicyDocument: { Statement: allow('sqs:SendMessage', '*') } },
      ],
    };
    const authorize = createAuthorizer(assemblyWith([], role), [roleArn]);
    expect(authorize(roleArn, 'sqs:SendMessage', 'any')).toBe('allowed');
    expect(authorize(roleArn, 'dynamodb:GetItem', table)).toBe('denied');
  });

  it.each([
    ['NotAction', { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }],
    ['NotResource', { Effect: 'Allow', Action: '*', NotResource: 'x' }],
    ['Condition', { ...allow('*'), Condition: { Bool: {} } }],
  ])('stops at %s, which it cannot judge', (name, statement) => {
    expect(() => authorizerOf(statement)).toThrow(new RegExp(`AWS::IAM::Policy Policy: ${name}`));
  });

  it('stops at a managed policy that it does not know', () => {
    const role = { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] };
    expect(() => createAuthorizer(assemblyWith([], role), [roleArn])).toThrow(
      /AdministratorAccess/,
    );
  });
});

describe('denialMessage', () => {
  it('names who, what and on what, as AWS does', () => {
    const denial = { roleArn, functionName: 'Fn', action: 'dynamodb:PutItem', resource: table };
    expect(denialMessage({ ...denial, verdict: 'denied' })).toBe(
      'User: arn:aws:sts::000000000000:assumed-role/Main-Role/Fn is not authorized to perform: ' +
        `dynamodb:PutItem on resource: ${table} ` +
        'because no identity-based policy allows the dynamodb:PutItem action',
    );
    expect(denialMessage({ ...denial, verdict: 'explicitly-denied' })).toMatch(
      /with an explicit deny in an identity-based policy$/,
    );
  });
});
