export { createRedisLimitStore } from '../stores/redis-limit-store.ts';
