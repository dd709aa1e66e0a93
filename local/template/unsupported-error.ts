/** Something of the template that the local cloud does not do, so that it must not start. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';

  constructor(where: { readonly type: string; readonly logicalId: string }, what: string) {
    super(
      `The local cloud cannot run ${where.type} ${where.logicalId}: ${what}. ` +
        'Support it in local/, or list it as inert in local/template/inert-types.ts.',
    );
  }
}
