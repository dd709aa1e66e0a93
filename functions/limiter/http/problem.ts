import type { Decision } from '../verdict.ts';

/** Why a request is refused, for the problem document. */
export interface LimitProblem {
  readonly code: 'quota-exceeded' | 'unavailable';
  readonly detail: string;
  /** Members of the document beside the usual ones. */
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** IANA's registered problem type for a quota that is used up. */
export const quotaExceededType = 'https://iana.org/assignments/http-problem-types#quota-exceeded';

/** The problem of a refused decision; undefined when it is allowed. */
export const problemOf = (decision: Decision): LimitProblem | undefined => {
  if (decision.allowed) return undefined;
  const wait = `Try again in ${decision.retryAfterSeconds} s.`;
  if (decision.reason === 'failed-closed') {
    const detail = `The request limits cannot be checked at the moment. ${wait}`;
    return { code: 'unavailable', detail, extensions: {} };
  }
  const violated = decision.verdicts.filter(({ allowed }) => !allowed);
  const limits = violated.map(({ policy, limit }) => `"${policy}" (${limit})`).join(', ');
  return {
    code: 'quota-exceeded',
    detail: `Too many requests for the limit ${limits}. ${wait}`,
    extensions: { 'violated-policies': violated.map(({ policy }) => policy) },
  };
};
