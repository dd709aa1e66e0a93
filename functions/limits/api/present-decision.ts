import { type Decision, rateLimitHeaders, type Verdict } from '../../limiter/index.ts';

const presentVerdict = ({ policy: name, ...verdict }: Verdict) => ({ name, ...verdict });

/**
 * A decision as the API answers it. `remaining`, `limit` and `resetSeconds` are those of the limit
 * that refuses for longest, else of the first; `headers` are for the caller's own answer.
 */
export const presentDecision = (decision: Decision, requestId?: string) => {
  const { allowed, reason, retryAfterSeconds, delayMs, verdicts } = decision;
  const longest = Math.max(...verdicts.map((verdict) => verdict.retryAfterSeconds));
  const lead = verdicts.find((verdict) => verdict.retryAfterSeconds === longest);
  const resetSeconds = lead?.resetSeconds ?? 0;
  return {
    allowed,
    reason,
    remaining: lead?.remaining ?? 0,
    limit: lead?.limit ?? 0,
    retryAfterSeconds,
    resetSeconds: allowed ? resetSeconds : Math.min(resetSeconds, retryAfterSeconds),
    delayMs,
    ...(requestId !== undefined && { requestId }),
    verdicts: verdicts.map(presentVerdict),
    headers: rateLimitHeaders(decision),
  };
};
