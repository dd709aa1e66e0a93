import { AppError } from '../../kernel/errors.ts';
import type { Settlement } from '../../limiter/index.ts';
import { mostOverrides, mostPolicies } from '../policy-record.ts';
import { named, unknownPolicy } from '../unknown-policy.ts';

/** What may go wrong with a policy, by the kind that a use case answers. */
export type LimitFault =
  | 'not-found'
  | 'no-override'
  | 'version-mismatch'
  | 'contended'
  | 'too-many-policies'
  | 'too-many-overrides';

export const limitFault = (kind: LimitFault, name: string): AppError => {
  switch (kind) {
    case 'not-found':
      return unknownPolicy(name);
    case 'no-override':
      return new AppError('not-found', `The policy ${named(name)} has no override for this key.`);
    case 'version-mismatch': {
      const detail = 'If-Match: the policy has another version by now, or is gone.';
      return new AppError('precondition-failed', detail);
    }
    case 'contended':
      return new AppError('conflict', 'Others are changing this policy just now; try again.', {
        headers: { 'retry-after': '1' },
      });
    case 'too-many-policies': {
      const what = `This workspace has ${mostPolicies} policies, the most it may have.`;
      const how = 'Delete one, or use one policy for many keys, with overrides for some.';
      return new AppError('conflict', `${what} ${how}`);
    }
    case 'too-many-overrides': {
      const what = `The policy ${named(name)} has ${mostOverrides} overrides, the most it may have.`;
      const how = 'Delete one, or make a second policy for those keys.';
      return new AppError('conflict', `${what} ${how}`);
    }
  }
};

/**
 * Passes what was settled.
 * @throws AppError `not-found` or `unavailable`
 */
export const requireSettled = (settlement: Settlement, unknown: string): void => {
  if (settlement === 'unknown') throw new AppError('not-found', unknown);
  if (settlement === 'settled') return;
  throw new AppError('unavailable', 'The limits table does not answer; nothing was given back.', {
    headers: { 'retry-after': '2' },
  });
};
