import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { AppError } from '../kernel/errors.ts';
import { logger } from '../platform/logger.ts';
import { problemResponse } from './problem.ts';
import type { ApiEvent, ApiResponse, RequestScope } from './route.ts';

const securityHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** Turns a route's response into API Gateway's, with the headers that every answer carries. */
export const toGatewayResult = (
  response: ApiResponse,
  scope: RequestScope,
): APIGatewayProxyStructuredResultV2 => ({
  statusCode: response.status,
  headers: {
    ...securityHeaders,
    ...(response.body !== undefined && { 'content-type': 'application/json' }),
    ...scope.responseHeaders,
    ...response.headers,
    'x-request-id': scope.requestId,
  },
  ...(response.body !== undefined && { body: JSON.stringify(response.body) }),
});

/** Answers every fault as problem+json; what nobody foresaw is logged whole and answered opaque. */
export const problemAnswers = (): MiddlewareObj<ApiEvent, APIGatewayProxyStructuredResultV2> => ({
  onError: (request) => {
    const { event, error } = request;
    if (!(error instanceof AppError)) {
      logger.error('unforeseen fault', { requestId: event.scope.requestId, error: error as Error });
    } else if (error.code === 'unavailable' || error.code === 'internal') {
      logger.error(error.message, { requestId: event.scope.requestId, error });
    }
    request.response = toGatewayResult(problemResponse(error, event.scope.requestId), event.scope);
  },
});
