import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { type PolicyTable, RateLimiter } from '../../../lib/constructs/rate-limiter.ts';
import { type Resource, resourcesOf } from '../synthesized.ts';

const policies: PolicyTable = {
  login: {
    limits: [{ name: 'minute', algorithm: 'fixed-window', limit: 5, windowSeconds: 60 }],
    onFailure: 'closed',
  },
};

const newStack = () => new Stack(new App({ analyticsReporting: false }), 'Consumer');

const newFunction = (stack: Stack, id = 'Api', role?: Role) =>
  new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => 1'),
    ...(role && { role }),
  });

const onlyResource = (stack: Stack, type: string): Resource => {
  const found = Object.values(resourcesOf(Template.fromStack(stack), type));
  expect(found).toHaveLength(1);
  return found[0] as Resource;
};

describe('RateLimiter', () => {
  it('makes one table on demand with a TTL, that goes with its stack', () => {
    const stack = newStack();
    new RateLimiter(stack, 'Limits', { policies });
    const resource = onlyResource(stack, 'AWS::DynamoDB::GlobalTable');
    expect(resource).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        Replicas: [{ DeletionProtectionEnabled: false }],
      },
    });
    expect(resource.Properties).not.toHaveProperty('TableName');
  });

  it('keeps its table where that is asked for', () => {
    const stack = newStack();
    new RateLimiter(stack, 'Limits', { policies, retain: true });
    const resource = onlyResource(stack, 'AWS::DynamoDB::GlobalTable');
    expect(resource).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: { Replicas: [{ DeletionProtectionEnabled: true }] },
    });
  });

  it('grants three actions on its table and nothing else', () => {
    const stack = newStack();
    const { table } = new RateLimiter(stack, 'Limits', { policies }).protect(newFunction(stack));
    const resource = onlyResource(stack, 'AWS::IAM::Policy');
    expect(resource.Properties.PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
        Resource: stack.resolve(table.tableArn),
      },
    ]);
  });

  it('tells the function its table and its policies', () => {
    const stack = newStack();
    const { table } = new RateLimiter(stack, 'Limits', { policies }).protect(newFunction(stack));
    const resource = onlyResource(stack, 'AWS::Lambda::Function');
    expect(resource.Properties.Environment.Variables).toEqual({
      HOPGATE_LIMITS_TABLE: stack.resolve(table.tableName),
      HOPGATE_LIMIT_POLICIES: JSON.stringify(policies),
    });
  });

  it("uses a table that is given, and that table's key", () => {
    const stack = newStack();
    const encryptionKey = new Key(stack, 'Key');
    const table = new Table(stack, 'Mine', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
      encryptionKey,
    });
    new RateLimiter(stack, 'Limits', { policies, table }).protect(newFunction(stack));
    onlyResource(stack, 'AWS::DynamoDB::Table');
    const resource = onlyResource(stack, 'AWS::IAM::Policy');
    const [, forKey] = resource.Properties.PolicyDocument.Statement;
    expect(forKey.Resource).toEqual(stack.resolve(encryptionKey.keyArn));
  });

  it.each<[string, unknown]>([
    ['policies', {}],
    ['policies.login', { login: 7 }],
    ['policies.login.limits', { login: { limits: 'many' } }],
    ['policies.login.limits', { login: { limits: [] } }],
    [
      'policies.login.limits[0].limit',
      { login: { limits: [{ ...policies.login?.limits[0], limit: 0 }] } },
    ],
    ['policies.login.mode', { login: { ...policies.login, mode: 'strict' } }],
    ['policies.Log In.name', { 'Log In': policies.login }],
  ])('refuses a bad table at synth, naming %s', (field, table) => {
    const make = () => new RateLimiter(newStack(), 'Limits', { policies: table as PolicyTable });
    expect(make).toThrow(`${field}: `);
  });

  it('refuses policies that do not fit into the environment', () => {
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`p${index}`, policies.login]),
    ) as PolicyTable;
    expect(() => new RateLimiter(newStack(), 'Limits', { policies: many })).toThrow(
      /Consumer\/Limits: policies have \d+ bytes as JSON, at most 3000 fit/,
    );
  });

  it('refuses to protect a function a second time with other policies', () => {
    const stack = newStack();
    const fn = newFunction(stack);
    const first = new RateLimiter(stack, 'First', { policies }).protect(fn);
    first.protect(fn);
    const second = new RateLimiter(stack, 'Second', { policies, table: first.table });
    expect(() => second.protect(fn)).toThrow('Consumer/First protects Consumer/Api already');
  });

  it('refuses to decide on the fate of a table that is given', () => {
    const stack = newStack();
    const { table } = new RateLimiter(stack, 'First', { policies });
    const make = () => new RateLimiter(stack, 'Second', { policies, table, retain: true });
    expect(make).toThrow('"retain" is for a table of its own');
  });

  it('leaves nothing for cdk-nag to find', () => {
    const synthWith = (role?: (stack: Stack) => Role) => {
      const stack = newStack();
      new RateLimiter(stack, 'Limits', { policies }).protect(
        newFunction(stack, 'Api', role?.(stack)),
      );
      const app = stack.node.root as App;
      Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
      return app.synth();
    };
    const assumedBy = new ServicePrincipal('lambda.amazonaws.com');
    expect(() => synthWith((stack) => new Role(stack, 'Role', { assumedBy }))).not.toThrow();
    // Of Lambda's own role it says something.
    expect(() => synthWith()).toThrow();
  });

  it('knows its metrics, of one policy and of all', () => {
    const stack = newStack();
    const limits = new RateLimiter(stack, 'Limits', { policies });
    const { tableName: table } = limits.table;
    expect(limits.metricFailedOpen()).toMatchObject({
      namespace: 'Hopgate/Limiter',
      metricName: 'LimiterFailedOpen',
      dimensions: { table },
      statistic: 'Sum',
    });
    expect(limits.metricDenied('login')).toMatchObject({
      metricName: 'LimiterDenied',
      dimensions: { table, policy: 'login' },
    });
  });
});
