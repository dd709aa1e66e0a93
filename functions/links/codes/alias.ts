import { longestCode, normalizeCode } from '../link-key.ts';
import { isReserved } from './reserved-names.ts';

export type Alias =
  | { readonly kind: 'accepted'; readonly code: string }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string };

/** A code that somebody chose, in its normal form, or why it cannot be one. */
export const checkAlias = (text: string): Alias => {
  const code = normalizeCode(text);
  if (code !== undefined) {
    return isReserved(code)
      ? { kind: 'refused', code: 'reserved', detail: `"${code}" is reserved` }
      : { kind: 'accepted', code };
  }
  const length = [...text.normalize('NFC')].length;
  if (length === 0 || length > longestCode) {
    return {
      kind: 'refused',
      code: length === 0 ? 'too-small' : 'too-large',
      detail: `a code has 1 to ${longestCode} characters`,
    };
  }
  return {
    kind: 'refused',
    code: 'malformed',
    detail: 'a code holds letters, digits, emoji and -_.~, with / only between them',
  };
};
