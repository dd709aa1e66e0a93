import { definePolicy, type PolicyInput } from '../../../functions/limiter/policy.ts';

/** As the API's own: an hour's quota and a burst that flows back at the hourly rate. */
export const hourAndBurst = (
  limit: number,
  burst: number,
  rest: Partial<Omit<PolicyInput, 'limits'>> = {},
) =>
  definePolicy({
    name: 'key',
    limits: [
      { algorithm: 'fixed-window', name: 'hour', limit, windowSeconds: 3600 },
      { algorithm: 'token-bucket', name: 'burst', limit, burst, windowSeconds: 3600 },
    ],
    ...rest,
  });

export const window = (limit: number, windowSeconds: number, name = 'window') =>
  definePolicy({
    name,
    limits: [{ algorithm: 'fixed-window', name, limit, windowSeconds }],
  });

export const bucket = (burst: number, limit: number, windowSeconds: number) =>
  definePolicy({
    name: 'bucket',
    limits: [{ algorithm: 'token-bucket', name: 'burst', burst, limit, windowSeconds }],
  });
