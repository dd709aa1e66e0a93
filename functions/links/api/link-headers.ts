import { validationFailed } from '../../kernel/errors.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** API Gateway joins a header that was sent twice by a comma, which is therefore no part of a key. */
export const idempotencyKeyOf = (headers: Headers): string | undefined => {
  const value = headers['idempotency-key'];
  if (value === undefined || /^[\x21-\x2b\x2d-\x7e]{1,255}$/.test(value)) return value;
  const detail = 'one key of 1 to 255 visible ASCII characters, no comma';
  throw validationFailed([{ field: 'Idempotency-Key', code: 'malformed', detail }]);
};
