export { createDynamoLimitStore } from '../stores/dynamo-limit-store.ts';
export { createLimitsClient } from '../stores/dynamo-limits-client.ts';
