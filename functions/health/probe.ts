/** Something that the service cannot do without, and a way to ask whether it is there. */
export interface Probe {
  readonly name: string;
  /** Rejects where the dependency does not answer. */
  check(): Promise<void>;
}
