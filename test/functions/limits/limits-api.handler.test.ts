import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newCredentials } from '../../../functions/identity/api-key.ts';
import type { LimitPolicies } from '../../../functions/limiter/env.ts';
import { type EventOptions, gatewayEvent, lambdaContext } from '../../support/gateway-event.ts';
import { examplePolicy } from './example-policy.ts';

const policy = { limitPerHour: 1000, burst: 100, onFailure: 'open', mode: 'enforce' } as const;
const policies: LimitPolicies = {
  perKey: policy,
  checksPerKey: { limitPerSecond: 100, burst: 100, onFailure: 'open', mode: 'enforce' },
  perIp: policy,
  global: { limitPerHour: 1e6, onFailure: 'open', mode: 'enforce' },
};
const environment = {
  STAGE: 'test',
  AWS_REGION: 'eu-central-1',
  ORIGIN_SECRETS: 's',
  CONTROL_TABLE: 'control',
  LIMITS_TABLE: 'limits',
  LIMIT_POLICIES: JSON.stringify(policies),
};
for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
const { handler } = await import('../../../functions/limits/limits-api.handler.ts');

const { id, secretHash, token } = newCredentials('test');
const key = {
  id,
  secretHash,
  workspace: 'acme',
  name: 'ci',
  scopes: ['limits:check'],
  createdAt: 1,
};

const client = mockClient(DynamoDBDocumentClient);
const limits = mockClient(DynamoDBClient);
beforeEach(() => {
  client.reset();
  client.resolves({});
  limits.reset();
  limits.resolves({});
  const control = { TableName: 'control' };
  const stored = { pk: 'limits#acme', sk: 'policy#login', ...examplePolicy() };
  client
    .on(GetCommand, { ...control, Key: { pk: `KEY#${id}`, sk: 'KEY' } })
    .resolves({ Item: key });
  client
    .on(GetCommand, { ...control, Key: { pk: 'limits#acme', sk: 'policy#login' } })
    .resolves({ Item: stored });
  client.on(QueryCommand, control).resolves({ Items: [] });
});
afterAll(() => {
  client.restore();
  limits.restore();
});

const call = async (options: EventOptions, routeKey: string, authorization = `Bearer ${token}`) => {
  const headers = {
    authorization,
    'content-type': 'application/json',
    'x-hop-origin': 's',
  };
  const event = { ...gatewayEvent({ ...options, headers }), routeKey };
  return (await handler(event as never, lambdaContext)) as APIGatewayProxyStructuredResultV2;
};

const written = () =>
  limits.commandCalls(UpdateItemCommand).map(({ args }) => String(args[0].input.Key?.pk?.S));

describe('handler', () => {
  it('charges the key of the API by lease, and the subject with one write', async () => {
    const check = () =>
      call(
        { method: 'POST', path: '/v1/limits/login/check', body: '{"key":"ada"}' },
        'POST /v1/limits/{policy}/check',
      );
    const answer = await check();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers?.['ratelimit-policy']).toBe('"checks";q=100');
    expect(JSON.parse(answer.body ?? '')).toMatchObject({ allowed: true, limit: 5 });
    expect(written().sort()).toEqual([`checks#${id}`, 'limits:login#acme/first/ada']);
    const reads = client.commandCalls(GetCommand).length + client.commandCalls(QueryCommand).length;
    await check();
    const after = client.commandCalls(GetCommand).length + client.commandCalls(QueryCommand).length;
    expect(after).toBe(reads);
    expect(written().filter((pk) => pk.startsWith('limits:'))).toHaveLength(2);
  });

  it('reads a policy and its overrides with one GetItem and one Query', async () => {
    client.on(GetCommand, { Key: { pk: 'limits#acme', sk: 'policy#other' } }).resolves({
      Item: { ...examplePolicy({ name: 'other' }) },
    });
    await call(
      { method: 'GET', path: '/v1/limits/other/check', query: { key: 'ada' } },
      'GET /v1/limits/{policy}/check',
    );
    const [query] = client.commandCalls(QueryCommand);
    expect(client.commandCalls(QueryCommand)).toHaveLength(1);
    expect(query?.args[0].input).toMatchObject({
      TableName: 'control',
      ExpressionAttributeValues: { ':pk': 'limits#acme', ':prefix': 'override#other#' },
      ConsistentRead: false,
    });
  });

  it.each([
    ['POST', '/v1/limits', 'ANY /v1/limits', 'GET'],
    ['POST', '/v1/limits/login', 'ANY /v1/limits/{proxy+}', 'PUT, GET, DELETE'],
    ['PATCH', '/v1/limits/login/check', 'ANY /v1/limits/{proxy+}', 'POST, GET, DELETE'],
    ['PUT', '/v1/limits/login/overrides', 'ANY /v1/limits/{proxy+}', 'GET'],
    ['GET', '/v1/limits/login/refund', 'ANY /v1/limits/{proxy+}', 'POST'],
  ])('answers %s %s with 405, charged as any request', async (method, path, routeKey, allow) => {
    const answer = await call({ method, path }, routeKey);
    expect([answer.statusCode, answer.headers?.allow]).toEqual([405, allow]);
    expect(answer.headers?.['ratelimit-policy']).toMatch(/^"hour";q=1000/);
    expect((await call({ method, path }, routeKey, 'Bearer no')).statusCode).toBe(401);
  });

  it('answers an unknown path with 404', async () => {
    const path = '/v1/limits/login/nothing';
    const answer = await call({ path }, 'ANY /v1/limits/{proxy+}');
    expect(answer.statusCode).toBe(404);
    expect(JSON.parse(answer.body ?? '')).toMatchObject({
      code: 'not-found',
      detail: `There is nothing at ${path}.`,
    });
  });

  it('opens nothing to a key without the scope', async () => {
    const put = { method: 'PUT', path: '/v1/limits/login', body: '{}' };
    expect((await call(put, 'PUT /v1/limits/{policy}')).statusCode).toBe(403);
  });
});
