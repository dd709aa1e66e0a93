/** Makes codes for links whose maker chose none. */
export interface CodeGenerator {
  /** A code for the URL; `collisions` says how many of this link's codes were taken already. */
  next(
    link: { readonly workspace: string; readonly url: string },
    collisions: number,
  ): Promise<string>;
}
