import * as z from 'zod';
import { algorithmNames } from '../../limiter/index.ts';

/** Ranges are judged by `definePolicy`, which knows what goes with what. */
const limitMembers = {
  algorithm: z.enum(algorithmNames as readonly [string, ...string[]]).exactOptional(),
  limit: z.number().exactOptional(),
  windowSeconds: z.number().exactOptional(),
  burst: z.number().exactOptional(),
  hardCap: z.boolean().exactOptional(),
  leaseSeconds: z.number().exactOptional(),
};

const mode = z.enum(['enforce', 'shadow']).exactOptional();

/** All of them lie on one item, and are charged in one write. */
const mostLimits = 8;

/** What a policy is made of: the members of one limit, or several under `limits`. */
export const policySchema = z.strictObject({
  ...limitMembers,
  limits: z
    .array(z.strictObject({ name: z.string(), ...limitMembers }))
    .min(1)
    .max(mostLimits)
    .exactOptional(),
  mode,
  onFailure: z.enum(['open', 'closed']).exactOptional(),
  refundable: z.boolean().exactOptional(),
  leased: z.boolean().exactOptional(),
  shards: z.number().exactOptional(),
  insuranceDivisor: z.number().exactOptional(),
});

const amounts = { limit: z.number().exactOptional(), burst: z.number().exactOptional() };

const isNotEmpty = (value: object): boolean => Object.keys(value).length > 0;

/** What one key has other than the rest. */
export const overrideSchema = z
  .strictObject({
    ...amounts,
    windowSeconds: z.number().exactOptional(),
    mode,
    limits: z
      .record(z.string().max(63), z.strictObject(amounts))
      .refine(isNotEmpty, { message: 'names no limit', params: { code: 'required' } })
      .exactOptional(),
  })
  .refine(isNotEmpty, {
    message: 'needs at least one of: limit, burst, windowSeconds, mode, limits',
    params: { code: 'required' },
  });

/** For routes that take no query parameter. */
export const noQuerySchema = z.strictObject({});
