export type { GatewayEvent } from '../gateway-event.ts';
export { sourceIpKey } from '../gateway-event.ts';
export type { RateLimitOptions } from '../rate-limit.middleware.ts';
export { rateLimit } from '../rate-limit.middleware.ts';
