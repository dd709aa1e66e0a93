import { AppError, validationFailed } from '../../kernel/errors.ts';
import type { Link } from '../link.ts';
import type { ChangeLinkResult } from '../manage/change-link.ts';
import type { CreateLinkResult } from '../manage/create-link.ts';

const unwelcome = (code: string, detail: string) =>
  validationFailed([{ field: 'url', code, detail }]);

export const linkNotFound = () => new AppError('not-found', 'There is no link with this id.');

/** The problem that a link not made is answered with. */
export const createFault = (
  result: Exclude<CreateLinkResult, { readonly link: Link }>,
): AppError => {
  switch (result.kind) {
    case 'refused':
      return unwelcome(result.code, result.detail);
    case 'alias-taken': {
      const detail = 'this code is taken, or still reserved after its link was deleted';
      return new AppError('conflict', `code: ${detail}`, {
        fields: [{ field: 'code', code: 'taken', detail }],
      });
    }
    case 'key-reused': {
      const detail = 'this key came with another request before: repeat that one, or use a new key';
      return new AppError('idempotency-key-reused', `Idempotency-Key: ${detail}`, {
        fields: [{ field: 'Idempotency-Key', code: 'reused', detail }],
      });
    }
    case 'gone':
      return new AppError(
        'gone',
        'The link that this Idempotency-Key made has been deleted since.',
      );
    case 'crowded':
      return new AppError('unavailable', 'No free code was found; try again.', {
        headers: { 'retry-after': '1' },
      });
  }
};

/** The problem that a link not changed or deleted is answered with. */
export const changeFault = (
  result: Exclude<ChangeLinkResult, { readonly kind: 'written' }>,
): AppError => {
  switch (result.kind) {
    case 'refused':
      return unwelcome(result.code, result.detail);
    case 'not-found':
      return linkNotFound();
    case 'not-allowed':
      return new AppError('forbidden', 'This link was banned; it cannot be changed.');
    case 'version-mismatch':
      return new AppError('precondition-failed', 'If-Match: the link has another version by now.');
    case 'contended':
      return new AppError('conflict', 'Others are changing this link just now; try again.', {
        headers: { 'retry-after': '1' },
      });
  }
};
