import { AppError, type ErrorCode } from '../kernel/errors.ts';
import type { ApiResponse } from './route.ts';
import { isTransient } from './transient.ts';

interface Problem {
  readonly status: number;
  readonly title: string;
  /** @default `urn:hopgate:problem:<code>` */
  readonly type?: string;
}

const problems = {
  'bad-request': { status: 400, title: 'Bad request' },
  'malformed-json': { status: 400, title: 'The body is not valid JSON' },
  unauthenticated: { status: 401, title: 'Authentication is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  'origin-locked': { status: 403, title: 'This address is not public' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'Conflict' },
  gone: { status: 410, title: 'Gone' },
  'precondition-failed': { status: 412, title: 'The resource has changed' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'validation-failed': { status: 422, title: 'Some fields were refused' },
  'idempotency-key-reused': { status: 422, title: 'Idempotency-Key was used for another request' },
  'quota-exceeded': {
    status: 429,
    title: 'Quota exceeded',
    type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
  },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} satisfies Record<ErrorCode, Problem>;

const toFault = (error: unknown, requestId: string): AppError => {
  if (error instanceof AppError) return error;
  if (isTransient(error)) {
    return new AppError('unavailable', 'A part of this service does not answer just now.', {
      headers: { 'retry-after': '2' },
    });
  }
  return new AppError(
    'internal',
    `Report this request id to whoever runs this service: ${requestId}`,
  );
};

/** The RFC 9457 document of a fault; one that nobody foresaw stays opaque. */
export const problemResponse = (error: unknown, requestId: string): ApiResponse => {
  const fault = toFault(error, requestId);
  const problem: Problem = problems[fault.code];
  return {
    status: problem.status,
    headers: { ...fault.headers, 'content-type': 'application/problem+json' },
    body: {
      type: problem.type ?? `urn:hopgate:problem:${fault.code}`,
      title: problem.title,
      status: problem.status,
      detail: fault.message,
      instance: `urn:hopgate:request:${requestId}`,
      code: fault.code,
      ...(fault.fields.length > 0 && { errors: fault.fields }),
      ...fault.extensions,
    },
  };
};
