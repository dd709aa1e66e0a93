/** Every fault a caller can be told of; `functions/http/problem.ts` maps each to a status. */
export type ErrorCode =
  | 'bad-request'
  | 'malformed-json'
  | 'validation-failed'
  | 'body-too-large'
  | 'unsupported-media-type'
  | 'unauthenticated'
  | 'forbidden'
  | 'origin-locked'
  | 'not-found'
  | 'method-not-allowed'
  | 'conflict'
  | 'precondition-failed'
  | 'idempotency-key-reused'
  | 'gone'
  | 'quota-exceeded'
  | 'unavailable'
  | 'internal';

/** One field that was refused: `field` is its path in the input (`url`, `tags[3]`), `code` a literal. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly detail: string;
}

export interface AppErrorOptions {
  readonly cause?: unknown;
  readonly fields?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Members added to the problem document. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A fault with a literal `code`; `message` is shown to the caller, `cause` never. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.fields = options.fields ?? [];
    this.headers = options.headers ?? {};
    this.extensions = options.extensions ?? {};
  }
}

/** A 422 that names the fields which were refused. */
export const validationFailed = (fields: readonly FieldError[]): AppError =>
  new AppError(
    'validation-failed',
    fields.map(({ field, detail }) => `${field}: ${detail}`).join('; '),
    { fields },
  );
