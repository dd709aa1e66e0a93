import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatViewer } from '../../../functions/edge/viewer.ts';
import { newCredentials } from '../../../functions/identity/api-key.ts';
import { gatewayEvent, lambdaContext } from '../../support/gateway-event.ts';

const policy = { limitPerHour: 1000, burst: 100, onFailure: 'open', mode: 'enforce' } as const;
const environment = {
  STAGE: 'test',
  AWS_REGION: 'eu-central-1',
  ORIGIN_SECRETS: 's',
  CONTROL_TABLE: 'control',
  LIMITS_TABLE: 'limits',
  LIMIT_POLICIES: JSON.stringify({
    perKey: policy,
    perIp: policy,
    global: { limitPerHour: 1e6, onFailure: 'open', mode: 'enforce' },
  }),
  LINK_TABLES: 'links-0',
  COUNTS_TABLE: 'counts',
};
for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
const { handler } = await import('../../../functions/analytics/stats-api.handler.ts');

const { id, secretHash, token } = newCredentials('test');
const key = { id, secretHash, workspace: 'acme', name: 'ci', scopes: ['stats:read'], createdAt: 1 };

const client = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  client.reset();
  client.resolves({});
  client
    .on(GetCommand, { TableName: 'control', Key: { pk: `KEY#${id}`, sk: 'KEY' } })
    .resolves({ Item: key });
});
afterAll(() => client.restore());

const call = async (authorization = `Bearer ${token}`, method = 'GET') => {
  const path = '/v1/links/abc1234/stats';
  const viewer = { host: 'hop.example', path, requestId: 'r1', ip: '192.0.2.9', seenAt: 1 };
  const headers = {
    authorization,
    'x-hop-origin': 's',
    'x-hop-viewer': formatViewer(viewer),
  };
  const event = gatewayEvent({ method, path, headers });
  return (await handler(event as never, lambdaContext)) as APIGatewayProxyStructuredResultV2;
};

describe('handler', () => {
  it('answers 404 for a link that the workspace does not have, and reads no counts', async () => {
    expect(await call()).toMatchObject({ statusCode: 404 });
    expect(client.commandCalls(QueryCommand)).toHaveLength(0);
  });

  it('answers 401 without a key', async () => {
    expect(await call('')).toMatchObject({ statusCode: 401 });
    expect(await call('', 'POST')).toMatchObject({ statusCode: 401 });
  });

  it('answers another method than GET with 405', async () => {
    const answer = await call(undefined, 'POST');
    expect(answer).toMatchObject({ statusCode: 405, headers: { allow: 'GET' } });
  });
});
