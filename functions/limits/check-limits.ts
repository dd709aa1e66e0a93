import { randomId } from '../kernel/ids.ts';
import type { Decision, Limiter, Policy } from '../limiter/index.ts';
import type { ChargedSubject, PolicyBook } from './policy-book.ts';
import { unknownPolicy } from './unknown-policy.ts';

/** What charging works with. */
export interface ChargePorts {
  readonly limiter: Limiter;
  readonly book: Pick<PolicyBook, 'find'>;
}

export interface PolicyAndKey {
  readonly policy: string;
  readonly key: string;
}

export interface Check extends PolicyAndKey {
  readonly cost?: number;
  readonly requestId?: string;
  /** Charged too, all or none; widest first. */
  readonly within?: readonly PolicyAndKey[];
}

export interface CheckResult {
  readonly decision: Decision;
  /** The caller's own, or the one that names a lease to release. */
  readonly requestId?: string;
}

export const holdsLease = ({ limits }: Policy): boolean =>
  limits.some(({ algorithm }) => algorithm === 'concurrency');

/** @throws AppError `not-found` */
export const requireSubject = async (
  { book }: Pick<ChargePorts, 'book'>,
  workspace: string,
  { policy, key }: PolicyAndKey,
): Promise<ChargedSubject> => {
  const subject = await book.find(workspace, policy, key);
  if (subject !== undefined) return subject;
  throw unknownPolicy(policy);
};

/**
 * Charges a key, and those that it is within.
 * @throws AppError `not-found` for an unknown policy, `validation-failed` for a cost that never fits
 */
export const checkLimits = async (
  ports: ChargePorts,
  workspace: string,
  { cost = 1, requestId, within = [], ...target }: Check,
): Promise<CheckResult> => {
  const find = async (each: PolicyAndKey) => requireSubject(ports, workspace, each);
  const [own, ...wider] = await Promise.all([find(target), ...within.map(find)]);
  const needsId = [own, ...wider].some(({ policy }) => holdsLease(policy));
  const id = requestId ?? (needsId ? randomId() : undefined);
  const decision = await ports.limiter.take(own.policy, own.key, {
    cost,
    ...(id !== undefined && { requestId: id }),
    within: wider,
  });
  return { decision, ...(id !== undefined && { requestId: id }) };
};
