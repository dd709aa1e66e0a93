import type { Policy } from '../../../../functions/limiter/policy.ts';
import { window } from '../policies.ts';
import { watchedLimiter } from '../watched-limiter.ts';

export const workspace = (limit: number, flags = {}) => window(limit, 3600, 'workspace', flags);
export const member = (limit: number, flags = {}) => window(limit, 3600, 'member', flags);

/** A watched limiter that charges `ann` of `own` within `team` of `wide`. */
export const setUpWider = (wide: Policy, own: Policy, options = {}) => {
  const parts = watchedLimiter(options);
  const within = [{ policy: wide, key: 'team' }];
  return {
    ...parts,
    within,
    take: (requestId?: string, from = parts.limiter) =>
      from.take(own, 'ann', { within, ...(requestId !== undefined && { requestId }) }),
    left: async (policy: Policy, key: string) =>
      (await parts.limiter.peek(policy, key)).verdicts[0]?.remaining,
  };
};
