import type { MiddlewareObj } from '@middy/core';
import type { Clock } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import { constantTimeEqual } from '../../kernel/hashing.ts';
import type { FloodGuard } from '../../limiter/index.ts';
import { logger } from '../../platform/logger.ts';
import { type RedirectEvent, readRequest } from './request.ts';
import { type Result, respond, respondAnswer } from './respond.ts';

type RedirectMiddleware = MiddlewareObj<RedirectEvent, Result>;

/** Puts the parsed request on the event. */
export const requestReader = (clock: Clock): RedirectMiddleware => ({
  before: ({ event }) => {
    event.request = readRequest(event, clock);
  },
});

/** Answers every fault: `unavailable` as 503 with Retry-After, what nobody foresaw as an opaque 500. */
export const faultAnswers = (): RedirectMiddleware => ({
  onError: ({ event: { request }, error }) => {
    logger.error('redirect failed', { requestId: request.viewer.requestId, error: error as Error });
    return error instanceof AppError && error.code === 'unavailable'
      ? respondAnswer(request, 'unavailable', { 'retry-after': '5' })
      : respondAnswer(request, 'internal');
  },
});

/**
 * Refuses what did not come through our distribution: without the secret anybody could forge request
 * ids, addresses and hosts.
 */
export const originLock = (secrets: readonly string[]): RedirectMiddleware => ({
  before: ({ event: { request } }) => {
    const presented = request.headers['x-hop-origin'] ?? '';
    if (secrets.some((secret) => constantTimeEqual(secret, presented))) return undefined;
    return respondAnswer(request, 'origin-locked');
  },
});

export const readingMethodsOnly = (): RedirectMiddleware => ({
  before: ({ event: { request } }) =>
    request.method === 'GET' || request.method === 'HEAD'
      ? undefined
      : respondAnswer(request, 'method-not-allowed', { allow: 'GET, HEAD' }),
});

/** Refuses an address that asks too fast. An unknown address is let through: it stands for many. */
export const floodGate = (guard: FloodGuard): RedirectMiddleware => ({
  before: ({ event: { request } }) => {
    if (request.viewer.ip === '') return undefined;
    const { allowed, retryAfterSeconds } = guard.take(request.viewer.ip);
    if (allowed) return undefined;
    return respondAnswer(request, 'quota-exceeded', { 'retry-after': String(retryAfterSeconds) });
  },
});

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M4 22c4-16 8-16 12 0 3-11 6-11 12-2" fill="none" stroke="#2f6feb" stroke-width="4" stroke-linecap="round"/></svg>`;
const daily = { 'cache-control': 'public, max-age=86400' };

/** Serves the few paths that are no links. Unfurlers obey robots.txt too, so links stay open to all. */
export const fixedPaths = (rootRedirectUrl: string | undefined): RedirectMiddleware => ({
  before: ({ event: { request } }) => {
    switch (request.path) {
      case '':
        return rootRedirectUrl === undefined
          ? respondAnswer(request, 'unknown')
          : respond(request, 302, { location: rootRedirectUrl });
      case 'robots.txt':
        return respond(
          request,
          200,
          { ...daily, 'content-type': 'text/plain; charset=utf-8' },
          'User-agent: *\nAllow: /\n',
        );
      case 'favicon.ico':
        return respond(request, 200, { ...daily, 'content-type': 'image/svg+xml' }, icon);
      default:
        return undefined;
    }
  },
});
