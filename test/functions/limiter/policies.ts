import type { Algorithm } from '../../../functions/limiter/algorithms/limit.ts';
import {
  definePolicy,
  type LimitInput,
  type Policy,
  type PolicyInput,
} from '../../../functions/limiter/policy.ts';

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

export const window = (limit: number, windowSeconds: number, name = 'window', flags: Flags = {}) =>
  definePolicy({
    name,
    limits: [{ algorithm: 'fixed-window', name, limit, windowSeconds }],
    ...flags,
  });

export const bucket = (burst: number, limit: number, windowSeconds: number, flags: Flags = {}) =>
  definePolicy({
    name: 'bucket',
    limits: [{ algorithm: 'token-bucket', name: 'burst', burst, limit, windowSeconds }],
    ...flags,
  });

type Flags = Partial<Omit<PolicyInput, 'limits'>>;

/** One limit of `limit` units for each algorithm; all that is taken is back after a minute or two. */
export const ofEachAlgorithm = (
  limit: number,
  flags: Flags = {},
): readonly (readonly [Algorithm, Policy])[] => {
  const minute = { name: 'minute', limit, windowSeconds: 60 };
  const limits: LimitInput[] = [
    { ...minute, algorithm: 'token-bucket', burst: limit },
    { ...minute, algorithm: 'leaky-bucket', burst: limit },
    { ...minute, algorithm: 'fixed-window' },
    { ...minute, algorithm: 'sliding-window' },
    { algorithm: 'concurrency', name: 'minute', limit, leaseSeconds: 60 },
  ];
  return limits.map((each) => [
    each.algorithm,
    definePolicy({ name: each.algorithm, limits: [each], ...flags }),
  ]);
};
