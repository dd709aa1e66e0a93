import { randomBytes } from 'node:crypto';
import { codeLengthAfter, lettersOf } from './code-alphabet.ts';
import type { CodeGenerator } from './code-generator.ts';

/** Codes that nobody can guess or enumerate; `bytes` is a source of random bytes. */
export const randomCodeGenerator = (
  bytes: (count: number) => Uint8Array = randomBytes,
): CodeGenerator => ({
  next: async (_link, collisions) => {
    const length = codeLengthAfter(collisions);
    let code = '';
    while (code.length < length) code += lettersOf(bytes(length * 2));
    return code.slice(0, length);
  },
});
