import type { ZodType } from 'zod';
import { AppError, type FieldError, validationFailed } from '../kernel/errors.ts';
import type { ApiEvent } from './route.ts';

/** Larger bodies are refused before they are parsed. */
export const maxBodyBytes = 64 * 1024;

type Issue = {
  readonly code: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly params?: { readonly code?: unknown };
  readonly input?: unknown;
};

const issueCodes: Readonly<Record<string, string>> = {
  invalid_type: 'wrong-type',
  too_big: 'too-large',
  too_small: 'too-small',
  invalid_format: 'malformed',
  invalid_value: 'not-allowed',
};

const fieldPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number'
        ? `${text}[${part}]`
        : text === ''
          ? String(part)
          : `${text}.${String(part)}`,
    '',
  );

const toFieldErrors = (issue: Issue, root: string): FieldError[] => {
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).slice(0, 20).map((key) => ({
      field: fieldPath([...issue.path, key.slice(0, 100)]),
      code: 'unknown-field',
      detail: 'there is no such field',
    }));
  }
  const code =
    typeof issue.params?.code === 'string'
      ? issue.params.code
      : issue.code === 'invalid_type' && issue.input === undefined
        ? 'required'
        : (issueCodes[issue.code ?? ''] ?? 'invalid');
  return [{ field: fieldPath(issue.path) || root, code, detail: issue.message }];
};

/** @throws AppError `validation-failed` that names each refused field; `root` names the whole input. */
export const parseWith = <T>(schema: ZodType<T>, input: unknown, root: string): T => {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  throw validationFailed(
    result.error.issues.flatMap((issue) => toFieldErrors(issue as unknown as Issue, root)),
  );
};

const decodeBody = (event: ApiEvent): string => {
  const raw = event.body ?? '';
  const bytes = Buffer.from(raw, event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.byteLength > maxBodyBytes) {
    throw new AppError(
      'body-too-large',
      `The body has ${bytes.byteLength} bytes; at most ${maxBodyBytes} are accepted.`,
    );
  }
  const body = bytes.toString('utf8');
  // API Gateway hands broken UTF-8 on as replacement characters: what was meant is lost by then.
  if (body.includes('\uFFFD')) {
    throw new AppError('malformed-json', 'The body is not valid UTF-8.');
  }
  return body;
};

/**
 * The request's JSON body.
 * @throws AppError `unsupported-media-type`, `body-too-large` or `malformed-json`
 */
export const parseJsonBody = (event: ApiEvent): unknown => {
  const contentType = event.headers['content-type'] ?? '';
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(contentType)) {
    throw new AppError(
      'unsupported-media-type',
      'Send the body as JSON with the header "content-type: application/json".',
    );
  }
  const body = decodeBody(event);
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new AppError('malformed-json', body === '' ? 'The body is empty.' : reason(error), {
      cause: error,
    });
  }
};

const reason = (error: unknown): string =>
  `${(error instanceof Error ? error.message : 'unreadable').replace(/,? ?"[\s\S]*$/, '')}.`;
