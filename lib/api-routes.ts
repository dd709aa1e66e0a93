import type { RouteKey } from './constructs/http-api.ts';

export const linksRoutes: readonly RouteKey[] = [
  'POST /v1/links',
  'GET /v1/links',
  'GET /v1/links/{id}',
  'PATCH /v1/links/{id}',
  'DELETE /v1/links/{id}',
];

export const statsRoutes: readonly RouteKey[] = ['GET /v1/links/{id}/stats'];

export const healthRoutes: readonly RouteKey[] = ['GET /health', 'GET /health/detailed'];

/** Answers unknown paths and methods below `/v1` as the API does, and only to holders of a key. */
export const fallbackRoutes: readonly RouteKey[] = ['ANY /v1', 'ANY /v1/{proxy+}'];

/** Every route of the HTTP API but `$default`, which is the redirect's. */
export const apiRoutes: readonly RouteKey[] = [
  ...linksRoutes,
  ...statsRoutes,
  ...healthRoutes,
  ...fallbackRoutes,
];
