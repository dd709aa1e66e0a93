import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatViewer } from '../../../functions/edge/viewer.ts';
import { newCredentials } from '../../../functions/identity/api-key.ts';
import type { LimitPolicies } from '../../../functions/limiter/env.ts';
import { type EventOptions, gatewayEvent, lambdaContext } from '../../support/gateway-event.ts';

const policy = { limitPerHour: 1000, burst: 100, onFailure: 'open', mode: 'enforce' } as const;
const policies: LimitPolicies = {
  perKey: policy,
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
  LINK_TABLES: 'links-0,links-1',
  INDEX_TABLE: 'index',
  CODE_KEY: 'secret',
  LINK_SETTINGS: '{}',
};
for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
const { handler } = await import('../../../functions/links/links-api.handler.ts');

const { id, secretHash, token } = newCredentials('test');
const key = {
  id,
  secretHash,
  workspace: 'acme',
  name: 'ci',
  scopes: ['links:read', 'links:write'],
  createdAt: 1,
};

const client = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  client.reset();
  client.resolves({});
  const control = { TableName: 'control' };
  client
    .on(GetCommand, { ...control, Key: { pk: `KEY#${id}`, sk: 'KEY' } })
    .resolves({ Item: key });
});
afterAll(() => client.restore());

const call = async (options: EventOptions, authorization = `Bearer ${token}`) => {
  const path = options.path ?? '/v1/links';
  const viewer = { host: 'hop.example', path, requestId: 'r1', ip: '192.0.2.9', seenAt: 1 };
  const headers = {
    authorization,
    'content-type': 'application/json',
    'x-hop-origin': 's',
    'x-hop-viewer': formatViewer(viewer),
  };
  const event = gatewayEvent({ ...options, path, headers });
  return (await handler(event as never, lambdaContext)) as APIGatewayProxyStructuredResultV2;
};

const linkPuts = () =>
  client
    .commandCalls(PutCommand)
    .map(({ args }) => args[0].input)
    .filter(({ TableName }) => TableName?.startsWith('links-'));

describe('handler', () => {
  it('shortens with one conditional write', async () => {
    const answer = await call({ method: 'POST', body: '{"url":"https://example.org"}' });
    expect(answer.statusCode).toBe(201);
    expect(linkPuts()).toHaveLength(1);
    expect(linkPuts()[0]).toMatchObject({
      Item: { workspace: 'acme', owner: `key:${id}`, url: 'https://example.org/', version: 1 },
      ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :now',
    });
  });

  it('lists from the index', async () => {
    client.on(QueryCommand, { TableName: 'index' }).resolves({ Items: [] });
    const answer = await call({ method: 'GET' });
    expect(answer).toMatchObject({ statusCode: 200, body: '{"data":[],"nextCursor":null}' });
  });

  it.each([
    ['/v1/links', 'PUT', 405],
    ['/v1/links/abc', 'POST', 405],
    ['/v1/unknown', 'GET', 404],
    ['/v1', 'GET', 404],
    ['/v1/links/abc', 'GET', 404],
  ])('answers %s %s by %d', async (path, method, status) => {
    const answer = await call({ method, path });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers?.['content-type']).toBe('application/problem+json');
  });

  it.each([
    ['POST', '/v1/links'],
    ['GET', '/v1/links'],
    ['GET', '/v1/links/abc'],
    ['PATCH', '/v1/links/abc'],
    ['DELETE', '/v1/links/abc'],
    ['GET', '/v1/unknown'],
  ])('opens nothing without a key: %s %s', async (method, path) => {
    const answer = await call({ method, path, body: '{"url":"https://example.org"}' }, 'Bearer no');
    expect(answer.statusCode).toBe(401);
    expect(linkPuts()).toEqual([]);
  });

  it.each([
    ['{', 400],
    ['', 400],
    ['[]', 422],
    ['{"url":5}', 422],
    ['{"url":"https://example.org","x":1}', 422],
    [`{"url":"https://example.org/${'x'.repeat(10_000)}"}`, 422],
    [`{"url":"https://example.org/${'x'.repeat(1_000_000)}"}`, 413],
    ['{"url":"https://example.org/\\u0000"}', 422],
    ['{"url":"https://example.org/\\ud800"}', 422],
  ])('stores nothing of a bad body: %.60s', async (body, status) => {
    const answer = await call({ method: 'POST', body });
    expect(answer.statusCode).toBe(status);
    expect(linkPuts()).toEqual([]);
  });

  it('is an opaque 500 where a table fails in a way that nobody foresaw', async () => {
    client.on(PutCommand).rejects(new Error('secret table name'));
    const answer = await call({ method: 'POST', body: '{"url":"https://example.org"}' });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret');
  });
});
