export type { GatewayEvent } from '../http/gateway-event.ts';
export { sourceIpKey } from '../http/gateway-event.ts';
export type { RateLimitOptions } from '../http/rate-limit.middleware.ts';
export { rateLimit } from '../http/rate-limit.middleware.ts';
