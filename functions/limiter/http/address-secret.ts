/** A secret that all processes share for one day and nobody keeps after it. */
export interface AddressSecret {
  current(): Promise<string>;
}
