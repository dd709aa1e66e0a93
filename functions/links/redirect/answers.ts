/** What a redirect can come to besides a redirect: one status, and words for people and programs. */
interface Answer {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

export const answers = {
  unknown: {
    status: 404,
    title: 'No such link',
    detail: 'There is no link at this address. Check it for typing errors.',
  },
  'not-started': {
    status: 404,
    title: 'Not yet',
    detail: 'This link does not lead anywhere yet. Try again later.',
  },
  disabled: {
    status: 404,
    title: 'Link switched off',
    detail: 'Whoever owns this link has switched it off.',
  },
  expired: {
    status: 410,
    title: 'Link expired',
    detail: 'This link was valid for a limited time, which is over.',
  },
  deleted: {
    status: 410,
    title: 'Link removed',
    detail: 'Whoever owned this link has removed it.',
  },
  banned: {
    status: 451,
    title: 'Link blocked',
    detail: 'This link is blocked because of where it led.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    detail: 'A link answers GET and HEAD.',
  },
  'origin-locked': {
    status: 403,
    title: 'This address is not public',
    detail: 'Follow the link through its public address.',
  },
  'quota-exceeded': {
    status: 429,
    title: 'Too many requests',
    detail: 'Too many requests came from your address. Wait a little and try again.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    detail: 'Try again. If it stays like this, report the request id.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    detail: 'The link cannot be looked up at the moment. Try again in a few seconds.',
  },
} as const satisfies Record<string, Answer>;

export type AnswerCode = keyof typeof answers;
