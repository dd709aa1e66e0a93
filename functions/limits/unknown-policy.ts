import { AppError } from '../kernel/errors.ts';

/** A name too long to be one is not sent back. */
export const named = (name: string): string =>
  name.length > 63 ? 'of this name' : JSON.stringify(name);

/** Another workspace's policy is as unknown as one that nobody has. */
export const unknownPolicy = (name: string): AppError =>
  new AppError(
    'not-found',
    `This workspace has no policy ${named(name)}. Make it with PUT /v1/limits/{policy}.`,
  );
