import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { parseViewer } from '../edge/viewer.ts';
import { AppError } from '../kernel/errors.ts';
import { constantTimeEqual } from '../kernel/hashing.ts';
import type { ApiEvent } from './route.ts';

/**
 * Learns who asks from the header that our edge packs. It is believed only behind the origin lock:
 * without the secret anybody could forge request ids, addresses and hosts.
 * @throws AppError `origin-locked`
 */
export const requestScope = (
  originSecrets: readonly string[],
): MiddlewareObj<ApiEvent, APIGatewayProxyStructuredResultV2> => ({
  before: ({ event }) => {
    event.scope = {
      requestId: event.requestContext.requestId,
      clientIp: event.requestContext.http.sourceIp,
      host: event.requestContext.domainName,
      responseHeaders: {},
    };
    const presented = event.headers['x-hop-origin'] ?? '';
    if (!originSecrets.some((secret) => constantTimeEqual(secret, presented))) {
      throw new AppError(
        'origin-locked',
        'Call the API through its public address: the distribution, not the API Gateway endpoint.',
      );
    }
    const viewer = parseViewer(event.headers['x-hop-viewer']);
    if (viewer !== undefined) {
      event.scope = {
        ...event.scope,
        requestId: viewer.requestId,
        clientIp: viewer.ip,
        host: viewer.host,
      };
    }
  },
});
