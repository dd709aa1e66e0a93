import middy from '@middy/core';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { ApiDecision } from '../../../functions/limiter/api-limiter.ts';
import { rateLimit } from '../../../functions/limiter/rate-limit.middleware.ts';

const run = async (decision: ApiDecision, answer: APIGatewayProxyStructuredResultV2) => {
  let isHandled = false;
  const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(rateLimit({ take: async () => decision }))
    .handler(async () => {
      isHandled = true;
      return answer;
    });
  const response = await handler({} as APIGatewayProxyEventV2, {} as Context);
  return { response, isHandled };
};

const headers = { ratelimit: '"hour";r=9;t=1' };
const allowed: ApiDecision = { allowed: true, verdicts: [], headers };

describe('rateLimit', () => {
  it('puts the headers on the answer, which may overrule them', async () => {
    const { response } = await run(allowed, { statusCode: 200, headers: { etag: 'x' } });
    expect(response).toEqual({ statusCode: 200, headers: { ...headers, etag: 'x' } });
  });

  it('answers a refused request with 429 and the registered problem', async () => {
    const { response, isHandled } = await run(
      {
        allowed: false,
        verdicts: [],
        headers: { 'retry-after': '4' },
        problem: {
          code: 'quota-exceeded',
          detail: 'Too many.',
          extensions: { 'violated-policies': ['burst'] },
        },
      },
      { statusCode: 200 },
    );
    expect(isHandled).toBe(false);
    expect(response).toMatchObject({
      statusCode: 429,
      headers: { 'retry-after': '4', 'content-type': 'application/problem+json' },
    });
    expect(JSON.parse(response.body ?? '')).toEqual({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Quota exceeded',
      status: 429,
      detail: 'Too many.',
      'violated-policies': ['burst'],
    });
  });

  it('answers 503 where the policy fails closed', async () => {
    const problem = { code: 'unavailable', detail: 'Later.', extensions: {} } as const;
    const { response } = await run(
      { allowed: false, verdicts: [], headers: {}, problem },
      { statusCode: 200 },
    );
    expect(response.statusCode).toBe(503);
  });
});
