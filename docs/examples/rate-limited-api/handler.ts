import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { limiterFromEnvironment } from 'hopgate/limiter/lambda';
import { rateLimit } from 'hopgate/limiter/middy';

const { limiter, policy, warm } = limiterFromEnvironment();
await warm();

export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .use(rateLimit({ limiter, policy: policy('greetings') }))
  .handler(async ({ queryStringParameters }) => ({
    statusCode: 200,
    headers: { 'content-type': 'text/plain' },
    body: `Hello, ${queryStringParameters?.name ?? 'world'}!\n`,
  }));
