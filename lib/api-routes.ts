import type { RouteKey } from './constructs/http-api.ts';

// Each slice takes the wrong methods of its own paths too: only it knows which ones are right.

export const linksRoutes: readonly RouteKey[] = [
  'POST /v1/links',
  'GET /v1/links',
  'GET /v1/links/{id}',
  'PATCH /v1/links/{id}',
  'DELETE /v1/links/{id}',
];

export const statsRoutes: readonly RouteKey[] = [
  'GET /v1/links/{id}/stats',
  'ANY /v1/links/{id}/stats',
];

export const limitsRoutes: readonly RouteKey[] = [
  'GET /v1/limits',
  'PUT /v1/limits/{policy}',
  'GET /v1/limits/{policy}',
  'DELETE /v1/limits/{policy}',
  'GET /v1/limits/{policy}/overrides',
  'PUT /v1/limits/{policy}/overrides/{key}',
  'GET /v1/limits/{policy}/overrides/{key}',
  'DELETE /v1/limits/{policy}/overrides/{key}',
  'POST /v1/limits/check',
  'POST /v1/limits/{policy}/check',
  'GET /v1/limits/{policy}/check',
  'DELETE /v1/limits/{policy}/check',
  'POST /v1/limits/{policy}/refund',
  'POST /v1/limits/{policy}/reserve',
  'POST /v1/limits/{policy}/commit',
  'POST /v1/limits/{policy}/cancel',
  'POST /v1/limits/{policy}/release',
  'POST /v1/limits/{policy}/renew',
  'ANY /v1/limits',
  'ANY /v1/limits/{proxy+}',
];

export const healthRoutes: readonly RouteKey[] = ['GET /health', 'GET /health/detailed'];

/** Takes what no other route below `/v1` does, for the links API to answer holders of a key. */
export const fallbackRoutes: readonly RouteKey[] = ['ANY /v1', 'ANY /v1/{proxy+}'];

/** Every route of the HTTP API but `$default`, which is the redirect's. */
export const apiRoutes: readonly RouteKey[] = [
  ...linksRoutes,
  ...statsRoutes,
  ...limitsRoutes,
  ...healthRoutes,
  ...fallbackRoutes,
];
