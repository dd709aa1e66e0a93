import type { Decision, Verdict } from '../verdict.ts';

/** Revision of draft-ietf-httpapi-ratelimit-headers that the RateLimit fields follow. */
export type HeaderFormat = 'draft-07' | 'draft-11';

/** The limit that refuses for longest, or else the policy's first. */
const leading = (verdicts: readonly Verdict[]): Verdict | undefined =>
  verdicts.reduce<Verdict | undefined>(
    (lead, verdict) =>
      lead === undefined || verdict.retryAfterSeconds > lead.retryAfterSeconds ? verdict : lead,
    undefined,
  );

type Fields = (decision: Decision, lead: Verdict, resets: readonly number[]) => readonly string[];

/** `RateLimit-Policy` and `RateLimit`, by revision of the draft. */
const formats: Readonly<Record<HeaderFormat, Fields>> = {
  'draft-11': ({ verdicts }, _, resets) => [
    verdicts
      .map(({ policy: name, limit, windowSeconds }) => {
        const window = windowSeconds === undefined ? '' : `;w=${windowSeconds}`;
        return `"${name}";q=${limit}${window}`;
      })
      .join(', '),
    verdicts
      .map(({ policy: name, remaining }, index) => `"${name}";r=${remaining};t=${resets[index]}`)
      .join(', '),
  ],
  'draft-07': ({ verdicts }, lead, resets) => [
    verdicts
      .map(({ limit, windowSeconds: w }) => (w === undefined ? `${limit}` : `${limit};w=${w}`))
      .join(', '),
    `limit=${lead.limit}, remaining=${lead.remaining}, reset=${resets[verdicts.indexOf(lead)]}`,
  ],
};

/**
 * The response headers of a decision, names in lower case. The X-RateLimit trio (reset in seconds
 * from now) tells of the limit that refuses, or else of the policy's first.
 */
export const rateLimitHeaders = (
  decision: Decision,
  format: HeaderFormat = 'draft-11',
): Record<string, string> => {
  const { allowed, verdicts, retryAfterSeconds } = decision;
  const lead = leading(verdicts);
  if (lead === undefined) return {};
  // No reset later than Retry-After: a client that heeds either one waits long enough.
  const resets = verdicts.map(({ resetSeconds }) =>
    allowed ? resetSeconds : Math.min(resetSeconds, retryAfterSeconds),
  );
  const [policyField = '', limitField = ''] = formats[format](decision, lead, resets);
  return {
    'ratelimit-policy': policyField,
    ratelimit: limitField,
    'x-ratelimit-limit': String(lead.limit),
    'x-ratelimit-remaining': String(lead.remaining),
    'x-ratelimit-reset': String(resets[verdicts.indexOf(lead)]),
    ...(!allowed && { 'retry-after': String(retryAfterSeconds) }),
  };
};
